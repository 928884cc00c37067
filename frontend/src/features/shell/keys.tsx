import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/ui/dialog';
import { keyNames } from '@/features/shell/key-names';

/** The keys by what they are called on this machine. */
const rows = [
  { what: 'search', keys: ['mod', 'K'] },
  { what: 'newChat', keys: ['mod', 'shift', 'O'] },
  { what: 'help', keys: ['mod', '/'] },
  { what: 'send', keys: ['enter'] },
  { what: 'line', keys: ['shift', 'enter'] },
  { what: 'starters', keys: ['/'] },
  { what: 'bots', keys: ['@'] },
  { what: 'stop', keys: ['esc'] },
  { what: 'rename', keys: ['F2'] },
  { what: 'delete', keys: ['delete'] },
  { what: 'toasts', keys: ['F8'] },
] as const;

export default function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('shell');
  return (
    <Dialog open onOpenChange={onClose} title={t('keys.title')}>
      <dl className="-mx-2 divide-y divide-line overflow-y-auto px-2">
        {rows.map(({ what, keys }) => (
          <div key={what} className="flex items-center justify-between gap-4 py-2.5 text-sm">
            <dt>{t(`keys.${what}`)}</dt>
            <dd dir="ltr" className="flex shrink-0 gap-1">
              {keyNames(keys, t).map((key) => <kbd key={key} className="min-w-7 rounded-md border border-line-strong bg-raised px-1.5 py-0.5 text-center font-sans text-xs">{key}</kbd>)}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
