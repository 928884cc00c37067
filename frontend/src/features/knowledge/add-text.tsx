import { useMutation } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field, Input, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { addText } from '@/features/knowledge/api';
import { count } from '@/lib/format';

export function AddText({ baseId }: { baseId: string }) {
  const [text, setText] = useState('');
  const [source, setSource] = useState('');
  const add = useMutation(addText(baseId));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { text, source: source.trim() || null },
      {
        onSuccess: () => {
          setText('');
          setSource('');
        },
      },
    );
  };
  return (
    <Card className="sm:p-6">
      <h2 className="font-semibold tracking-tight">Add a text</h2>
      <form onSubmit={submit} className="mt-4 space-y-4">
        <Field label="Text" hint="A long text is cut into passages.">
          {(control) => <Textarea {...control} required rows={7} maxLength={100_000} placeholder="Paste what a bot should know" value={text} onChange={(event) => { setText(event.target.value); }} />}
        </Field>
        <Field label="Source" hint="Shown with each citation: a file name or an address.">
          {(control) => <Input {...control} maxLength={2048} placeholder="handbook.md" value={source} onChange={(event) => { setSource(event.target.value); }} />}
        </Field>
        {add.isError && <ErrorNote error={add.error} />}
        <div className="flex items-center justify-between gap-4">
          <p role="status" className="text-sm text-leaf">{add.isSuccess && text === '' ? `${count(add.data.chunks_added, 'passage')} added.` : ''}</p>
          <Button type="submit" disabled={!text.trim() || add.isPending}><Plus /> {add.isPending ? 'Adding' : 'Add text'}</Button>
        </div>
      </form>
    </Card>
  );
}
