import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { BRAND } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { Skeleton } from '@/components/ui/states';
import { useCopy } from '@/lib/use-copy';

const QrCode = onDemand(() => import('@/features/auth/qr-code'));

/** What authenticator apps read from a QR code. */
const uri = (secret: string, account: string) =>
  `otpauth://totp/${encodeURIComponent(`${BRAND}:${account}`)}?secret=${secret}&issuer=${encodeURIComponent(BRAND)}`;

/** As people read it out. */
const inFours = (secret: string) => secret.replace(/.{4}(?=.)/g, '$& ');

/** A secret for an authenticator app: to scan, to open where the app is, or to type. */
export function SetUp({ secret, account }: { secret: string; account: string }) {
  const { t } = useTranslation('auth');
  const { copied, copy } = useCopy();
  const address = uri(secret, account);
  return (
    <div className="space-y-4">
      <QrCode fallback={<Skeleton className="mx-auto size-44" />} text={address} label={t('setUp.qr')} />
      <p className="text-center text-sm"><a href={address} className="font-medium text-mango-ink underline underline-offset-3">{t('setUp.open')}</a></p>
      <div>
        <p id="set-up-key" className="text-[0.8125rem] leading-5 text-ink-soft">{t('setUp.key')}</p>
        <div className="mt-1.5 flex items-center gap-2 rounded-xl bg-raised py-1.5 ps-3.5 pe-1.5">
          <code dir="ltr" aria-labelledby="set-up-key" className="min-w-0 flex-1 font-mono text-[0.8125rem] leading-5 wrap-anywhere">{inFours(secret)}</code>
          <Button variant="ghost" size="icon" aria-label={copied ? t('setUp.copied') : t('setUp.copy')} onClick={() => void copy(secret)}>{copied ? <Check /> : <Copy />}</Button>
        </div>
      </div>
    </div>
  );
}
