import { Globe, KeyRound, Lock, Network } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { SheetSection } from '@/components/ui/sheet';
import type { SipAccessFacts } from './queries';

/** What to try where a phone does not register, the likeliest first. */
export function HelpSection({ access }: { access: SipAccessFacts }) {
  const t = useTranslations('extensions.help');
  const b = (chunks: ReactNode) => <strong className="font-semibold text-ink">{chunks}</strong>;
  return (
    <SheetSection title={t('title')}>
      <ul className="flex flex-col gap-2 text-ink-2 [&_.lucide]:mt-0.5">
        <li className="flex gap-2">
          <Lock aria-hidden />
          <span>{t.rich('tls', { port: `${access.tls}`, b })}</span>
        </li>
        <li className="flex gap-2">
          <Network aria-hidden />
          <span>{t.rich('udp', { port: `${access.udpTcp}`, b })}</span>
        </li>
        <li className="flex gap-2">
          <Globe aria-hidden />
          <span>{t.rich('wss', { port: `${access.wss}`, b })}</span>
        </li>
        <li className="flex gap-2">
          <KeyRound aria-hidden />
          <span>{t('domain')}</span>
        </li>
      </ul>
    </SheetSection>
  );
}
