import { useTranslations } from 'next-intl';
import { Status, type StatusTone } from '@/components/ui/dot';
import type { WireNumber } from '@/lib/services/numbers/schemas';

const TONES: Readonly<Record<WireNumber['state'], StatusTone>> = {
  discovered: 'never',
  available: 'never',
  reserved: 'waiting',
  in_service: 'healthy',
  aging: 'never',
  released: 'never',
  port_in: 'waiting',
  port_out: 'amber',
};

/** How a number stands; one that is not paid for says so. */
export function NumberState({ number }: { number: WireNumber }) {
  const t = useTranslations('numbers');
  if (number.suspendedAt !== null) return <Status tone="red">{t('suspended')}</Status>;
  return <Status tone={TONES[number.state]}>{t(`states.${number.state}`)}</Status>;
}

/** Where its calls go, in words. */
export function NumberTarget({ number }: { number: WireNumber }) {
  const t = useTranslations('numbers.target');
  const { extension, trunk, tenant } = number;
  if (extension) return t('extension', { number: extension.number, name: extension.name });
  if (trunk) return t('trunk', { name: trunk.name });
  return <span className="text-ink-3">{t(tenant ? 'nobody' : 'nowhere')}</span>;
}
