'use client';

import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Notice } from '@/components/ui/notice';
import { TextLink } from '@/components/ui/text-link';
import { useItem } from '@/lib/client/use-item';
import { emergencyGapsSchema } from '@/lib/services/emergency/schemas';

const HOMES = {
  customer: '/numbers',
  reseller: '/reseller/numbers',
  operator: '/admin/numbers',
} as const;

/**
 * Above every page for as long as help could not be called, or would not know where to go: it can't
 * be closed, only put right.
 */
export function EmergencyNotice() {
  return useMay('emergency.read') ? <Gaps /> : null;
}

function Gaps() {
  const t = useTranslations('emergency.notice');
  const { account } = useViewer();
  const { data } = useItem({ path: '/emergency-addresses/gaps', response: emergencyGapsSchema });
  if (!data) return null;
  const { tenants, unreachable, unroutedCountries } = data;
  const homeless = [...tenants, ...unreachable];
  if (homeless.length === 0 && unroutedCountries.length === 0) return null;
  const href =
    account.kind === 'operator' && unroutedCountries.length > 0
      ? '/admin/carriers'
      : `${HOMES[account.kind]}?view=emergency`;
  return (
    <Notice
      tone="amber"
      icon={<TriangleAlert aria-hidden />}
      className="mb-4"
      aside={
        <TextLink href={href} className="whitespace-nowrap">
          {t('fix')}
        </TextLink>
      }
    >
      {unroutedCountries.length > 0 && (
        <p>{t('unrouted', { countries: unroutedCountries.join(', ') })}</p>
      )}
      {tenants.length > 0 && <p>{t('noPlace', namesOf(tenants))}</p>}
      {unreachable.length > 0 && <p>{t('noCallback', namesOf(unreachable))}</p>}
    </Notice>
  );
}

/** The first of them by name, and how many more. */
function namesOf(tenants: readonly { readonly domain: string }[]) {
  return { domain: tenants[0]?.domain ?? '', more: tenants.length - 1 };
}
