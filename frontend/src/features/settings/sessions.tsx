import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { authMessage, signOut } from '@/features/auth/session';
import { Section } from '@/features/settings/section';

export function Sessions() {
  const { t } = useTranslation('settings');
  const [isOpen, setOpen] = useState(false);
  const everywhere = async () => {
    try {
      await signOut({ everywhere: true });
    } catch (error) {
      throw new Error(authMessage(error));
    }
  };
  return (
    <Section title={t('sessions.title')} lead={t('sessions.lead')}>
      <div className="flex flex-wrap gap-2">
        <Button variant="secondary" onClick={() => { void signOut(); }}><LogOut className="rtl:-scale-x-100" /> {t('sessions.here')}</Button>
        <Button variant="secondary" onClick={() => { setOpen(true); }}>{t('sessions.everywhere')}</Button>
      </div>
      <Confirm open={isOpen} onOpenChange={setOpen} title={t('sessions.question')} action={t('sessions.everywhere')} onConfirm={everywhere}>
        {t('sessions.effect')}
      </Confirm>
    </Section>
  );
}
