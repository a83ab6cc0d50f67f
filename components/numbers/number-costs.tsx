'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Money, Rate } from '@/components/patterns/money';
import { useViewer } from '@/components/portal/me-context';
import { SheetSection } from '@/components/ui/sheet';
import { useItem } from '@/lib/client/use-item';
import {
  type NumberCharges,
  numberChargesSchema,
  type WireNumber,
} from '@/lib/services/numbers/schemas';

/** Months shown at once. */
const SHOWN = 12;

/** What a number costs and cost, at the hops that its reader may see. Nothing where it is free. */
export function NumberCosts({ number }: { number: WireNumber }) {
  const t = useTranslations('numbers.costs');
  const { data } = useItem({
    path: `/numbers/${number.id}/charges`,
    response: numberChargesSchema,
  });
  if (!data || (data.next === null && data.callsIn === null)) return null;
  return (
    <SheetSection title={t('title')}>
      {data.callsIn && (
        <p className="mb-3 flex items-baseline justify-between gap-3">
          <span className="text-ink-2">{t('callsIn')}</span>
          <Rate perMinute={data.callsIn.perMinute} currency={data.callsIn.currency} />
        </p>
      )}
      {data.next && <Costs charges={data} next={data.next} />}
    </SheetSection>
  );
}

interface CostsProps {
  charges: NumberCharges;
  next: NonNullable<NumberCharges['next']>;
}

function Costs({ charges, next }: CostsProps) {
  const t = useTranslations('numbers.costs');
  const { account } = useViewer();
  const words = (buyerAccountId: string) => t(buyerAccountId === account.id ? 'paid' : 'received');
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-col gap-1">
        {next.hops.map(({ hop, buyerAccountId, perPeriod }) => (
          <li key={hop} className="flex items-baseline justify-between gap-3">
            <span className="text-ink-2">{words(buyerAccountId)}</span>
            <span>
              <Money value={perPeriod} detail="balance" />
              <span className="text-ink-3"> {t('aMonth')}</span>
            </span>
          </li>
        ))}
      </ul>
      <p className="text-ink-3 text-small">
        {t.rich(next.unpaidSince === null ? 'nextDue' : 'unpaid', {
          day: () => <DateTime value={next.unpaidSince ?? next.dueAt} look="date" />,
        })}
      </p>
      {charges.items.length > 0 && (
        <table className="w-full text-small">
          <thead>
            <tr className="border-line border-b text-ink-3">
              <th className="py-1 text-start font-medium">{t('month')}</th>
              <th className="py-1 text-start font-medium">{t('side')}</th>
              <th className="py-1 text-end font-medium">{t('setUp')}</th>
              <th className="py-1 text-end font-medium">{t('fee')}</th>
            </tr>
          </thead>
          <tbody>
            {charges.items.slice(0, SHOWN).map((charge) => (
              <tr key={`${charge.period}:${charge.hop}`} className="border-line border-b">
                <td className="py-1">
                  <DateTime value={charge.periodStart} look="date" />
                </td>
                <td className="py-1 text-ink-2">{words(charge.buyerAccountId)}</td>
                <td className="py-1 text-end">
                  <Money value={charge.setUp} detail="balance" />
                </td>
                <td className="py-1 text-end">
                  <Money value={charge.perPeriod} detail="balance" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
