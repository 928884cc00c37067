import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from '@/lib/cn';

export const control =
  'w-full rounded-xl border border-line-strong bg-surface px-3.5 text-[0.9375rem] text-ink transition-colors hover:border-ink-faint focus-visible:border-mango-strong focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger';

/** What is typed may be in any script. An empty field is in the page's, so that its placeholder is. */
export const directionOf = (value: unknown) => (value ? 'auto' : undefined);

export const Input = ({ className, ...props }: ComponentProps<'input'>) => (
  <input dir={directionOf(props.value)} className={cn(control, 'h-10', className)} {...props} />
);

export const Textarea = ({ className, ...props }: ComponentProps<'textarea'>) => (
  <textarea dir={directionOf(props.value)} className={cn(control, 'min-h-24 resize-y py-2.5 leading-6', className)} {...props} />
);

/** The browser's own: on a phone nothing is easier to use. */
export const Select = ({ className, ...props }: ComponentProps<'select'>) => <select className={cn(control, 'h-10 pe-8', className)} {...props} />;

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  /** Gets what ties the control to its label and hint. */
  children: (control: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }) => ReactNode;
}

/** A control with its label, a hint, and what is wrong with its value. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  const noteId = `${id}-note`;
  return (
    <div className={cn('space-y-1.5', className)}>
      <label htmlFor={id} className="block text-sm font-medium">{label}</label>
      {children({ id, 'aria-describedby': note ? noteId : undefined, 'aria-invalid': error ? true : undefined })}
      {note && <p id={noteId} className={cn('text-[0.8125rem] leading-5', error ? 'text-danger' : 'text-ink-faint')}>{note}</p>}
    </div>
  );
}
