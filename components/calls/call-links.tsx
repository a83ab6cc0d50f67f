'use client';

import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { TextLink } from '@/components/ui/text-link';
import type { WireCallLink } from '@/lib/services/calls/schemas';

/** The calls that this one came of, or that came of it: forwards and transfers, each with its own price. */
export function CallLinks({ links }: { links: readonly WireCallLink[] }) {
  const t = useTranslations('calls.links');
  const siblings = usePathname().replace(/[^/]*$/, '');
  if (links.length === 0) return null;
  return (
    <ul aria-label={t('title')} className="flex flex-col gap-1 text-ink-2">
      {links.map((link) => (
        <li key={link.callId}>
          {t(`${link.relation}.${link.kind}`)}{' '}
          <TextLink href={`${siblings}${link.callId}`}>
            <PhoneNumber value={link.number} />
          </TextLink>
        </li>
      ))}
    </ul>
  );
}
