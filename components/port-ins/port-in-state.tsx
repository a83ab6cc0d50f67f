import { useTranslations } from 'next-intl';
import { Status, type StatusTone } from '@/components/ui/dot';
import type { PortInState } from '@/lib/services/port-ins/schemas';

const TONES: Readonly<Record<PortInState, StatusTone>> = {
  draft: 'never',
  submitted: 'waiting',
  info_needed: 'amber',
  accepted: 'waiting',
  scheduled: 'waiting',
  done: 'healthy',
  rejected: 'red',
  cancelled: 'never',
};

/** How a request stands. */
export function PortInStatus({ state }: { state: PortInState }) {
  const t = useTranslations('portIns.states');
  return <Status tone={TONES[state]}>{t(state)}</Status>;
}
