'use client';

import { useTranslations } from 'next-intl';
import { Badge } from '@/components/ui/badge';
import { Status } from '@/components/ui/dot';

/** Quiet where it works, a word in amber where it was stopped. */
export function TrunkState({ state }: { state: 'active' | 'suspended' }) {
  const t = useTranslations('carriers.states');
  if (state === 'active') return <Status tone="healthy">{t('active')}</Status>;
  return <Badge tone="amber">{t('suspended')}</Badge>;
}
