'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Money } from '@/components/patterns/money';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ScrollBox } from '@/components/ui/scroll-box';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { showNumber } from '@/lib/client/format/phone';
import { useList } from '@/lib/client/use-list';
import {
  type NumberOffer,
  numberKindSchema,
  numberOfferSchema,
} from '@/lib/services/numbers/schemas';

/** Only digits, "?" and a leading "+" mean anything; half-typed texts ask for nothing. */
const PATTERN = /^\+?[\d?\s().-]{1,20}$/;
const COUNTRY = /^[A-Z]{2}$/;

interface Wish {
  readonly pattern: string;
  readonly country: string;
  readonly area: string;
  readonly kind: string;
  readonly cursor: string | null;
}

const ANY: Wish = { pattern: '', country: '', area: '', kind: 'any', cursor: null };

/** Searches the numbers that can be ordered; pressing one chooses it. */
export function OfferSearch({ onChoose }: { onChoose: (offer: NumberOffer) => void }) {
  const t = useTranslations('numbers.order');
  const tNumbers = useTranslations('numbers');
  const [wish, setWish] = useState<Wish>(ANY);
  const change = (part: Partial<Wish>) => setWish({ ...wish, cursor: null, ...part });
  const country = wish.country.toUpperCase();
  const list = useList({
    path: '/numbers/offers',
    query: {
      pattern: PATTERN.test(wish.pattern) ? wish.pattern : null,
      country: COUNTRY.test(country) ? country : null,
      area: wish.area.trim(),
      kind: wish.kind === 'any' ? null : wish.kind,
      cursor: wish.cursor,
      limit: 50,
    },
    item: numberOfferSchema,
  });
  return (
    <div className="mt-3 flex flex-col gap-3">
      <div className="grid grid-cols-4 gap-2 max-md:grid-cols-2">
        <Input
          aria-label={t('pattern')}
          placeholder={t('patternHint')}
          value={wish.pattern}
          onValueChange={(pattern) => change({ pattern })}
        />
        <Input
          aria-label={t('country')}
          placeholder={t('countryHint')}
          maxLength={2}
          value={wish.country}
          onValueChange={(text) => change({ country: text })}
        />
        <Input
          aria-label={t('area')}
          placeholder={t('areaHint')}
          maxLength={60}
          value={wish.area}
          onValueChange={(area) => change({ area })}
        />
        <Select
          label={t('kind')}
          items={[
            { value: 'any', label: t('anyKind') },
            ...numberKindSchema.options.map((value) => ({
              value,
              label: tNumbers(`kinds.${value}`),
            })),
          ]}
          value={wish.kind}
          onValueChange={(kind) => change({ kind })}
        />
      </div>
      <Offers list={list} onChoose={onChoose} />
      <div className="flex justify-end gap-2">
        {wish.cursor !== null && (
          <Button size="sm" variant="quiet" onClick={() => change({})}>
            {t('first')}
          </Button>
        )}
        {list.nextCursor !== null && (
          <Button size="sm" onClick={() => change({ cursor: list.nextCursor })}>
            {t('more')}
          </Button>
        )}
      </div>
    </div>
  );
}

interface OffersProps {
  list: ReturnType<typeof useList<typeof numberOfferSchema>>;
  onChoose: (offer: NumberOffer) => void;
}

function Offers({ list, onChoose }: OffersProps) {
  const t = useTranslations('numbers.order');
  if (list.error) {
    return (
      <ErrorState title={t('failed')} onRetry={list.refetch}>
        {list.error.message}
      </ErrorState>
    );
  }
  if (list.rows === undefined) return <Skeleton className="h-40 w-full" />;
  if (list.rows.length === 0) return <EmptyState title={t('none')}>{t('noneText')}</EmptyState>;
  return (
    <ScrollBox className="max-h-80 overflow-y-auto rounded-panel border border-line">
      <ul className="divide-y divide-line">
        {list.rows.map((offer) => (
          <li key={offer.id} className="flex min-h-11 flex-wrap items-center gap-x-3 px-3 py-1.5">
            <span className="min-w-36 flex-1">
              <PhoneNumber value={offer.e164} className="font-medium" />
              <span className="block truncate text-ink-3 text-small">
                {[offer.area, offer.country].filter(Boolean).join(', ')}
                {offer.reservedUntil !== null && ` · ${t('kept')}`}
              </span>
            </span>
            <span className="text-end text-small">
              <Money value={offer.perPeriod} detail="balance" />
              <span className="text-ink-3"> {t('aMonth')}</span>
              {/[1-9]/.test(offer.setUp.amount) && (
                <span className="block text-ink-3">
                  + <Money value={offer.setUp} detail="balance" /> {t('once')}
                </span>
              )}
            </span>
            <Button
              size="xs"
              aria-label={t('chooseNumber', { number: showNumber(offer.e164).text })}
              onClick={() => onChoose(offer)}
            >
              {t('choose')}
            </Button>
          </li>
        ))}
      </ul>
    </ScrollBox>
  );
}
