'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Panel } from '@/components/patterns/panel';
import { type PriceHop, PricePanel } from '@/components/patterns/price-panel';
import { useViewer } from '@/components/portal/me-context';
import { formatMoney, formatRate } from '@/lib/client/format/money';
import { parseMicro } from '@/lib/core/money';
import type { WireCallDetail, WireHop } from '@/lib/services/calls/schemas';
import { partsOf, percentOf, prefixOf, replaysOf, type ToldPart } from './price-notes';

/** Why this price, hop by hop, as far as the viewer may see. */
export function CallPrice({ call }: { call: WireCallDetail }) {
  if (call.hops.length === 0) return <NoPrice call={call} />;
  return <CallPriceHops hops={call.hops} digits={call.dialledDigits} />;
}

/** A hop; of a call that would be it is known whether its rate came before that of a sell deck. */
type ToldHop = WireHop & { readonly isOwnRate?: boolean };

/** The hops of a call that was, or that would be; `digits` as they were rated. */
export function CallPriceHops({ hops, digits }: { hops: readonly ToldHop[]; digits: string }) {
  const t = useTranslations('calls.price');
  const { account } = useViewer();
  const notesOf = useHopNotes();
  return (
    <PricePanel
      hops={hops.map((hop) => toPriceHop(hop, digits, notesOf(hop)))}
      visibility={t(`seen.${account.kind}`, { count: hops.length })}
      replays={replaysOf(hops)}
    />
  );
}

function toPriceHop(hop: WireHop, digits: string, notes: readonly ReactNode[]): PriceHop {
  const { rate, payee } = hop;
  const isCarrier = payee.kind === 'carrier';
  return {
    id: `${hop.hop}`,
    payer: hop.payer.name,
    payee: payee.name,
    amount: hop.amount,
    deck: rate && { name: rate.deckName, version: rate.deckVersion, buys: isCarrier },
    digits,
    matchedLength: rate?.prefix.length ?? 0,
    perMinute: rate?.perMinute ?? null,
    rateCurrency: rate?.fx?.deckCurrency ?? hop.amount.currency,
    firstSeconds: rate?.first ?? 0,
    nextSeconds: rate?.next ?? 0,
    billedSeconds: hop.billedSeconds,
    keeps: isCarrier
      ? { who: payee.name, amount: hop.amount, isCost: true }
      : hop.keeps && { who: payee.name, amount: hop.keeps.amount },
    notes,
  };
}

/** What else went into a price: fees, bands, a bundle, a mark-up, the prefixes it beat. */
function useHopNotes(): (hop: ToldHop) => ReactNode[] {
  const t = useTranslations('calls.price');
  const locale = useLocale();
  return (hop) => {
    const { rate, amount } = hop;
    if (rate === null) return [t('free')];
    const currency = rate.fx?.deckCurrency ?? amount.currency;
    const money = (value: string) =>
      formatMoney({ amount: value, currency }, { locale, detail: 'explained' });
    const perMinute = (value: string) => formatRate(value, currency, locale);
    const notes: ReactNode[] = [];
    if (hop.isOwnRate) notes.push(t('ownRate'));
    if (rate.fx) {
      notes.push(t('fx', { from: currency, rate: rate.fx.rate, to: amount.currency }));
    }
    if (rate.reverseBilled) notes.push(t('reverseBilled'));
    if (parseMicro(rate.connectFee) > 0n) {
      notes.push(t('connectFee', { amount: money(rate.connectFee) }));
    }
    if (parseMicro(rate.minimum) > 0n) notes.push(t('minimum', { amount: money(rate.minimum) }));
    if (rate.noChargeSeconds > 0) notes.push(t('noCharge', { seconds: rate.noChargeSeconds }));
    notes.push(...partsOf(hop).map((part) => t(part.text, partValues(part, perMinute))));
    if (rate.markup) {
      notes.push(
        t('markup', {
          percent: percentOf(rate.markup.ppm),
          minimum: perMinute(rate.markup.minimumPerMinute),
        }),
      );
    }
    if (rate.beatenPrefixes.length > 0) {
      notes.push(t('beaten', { prefixes: rate.beatenPrefixes.map(prefixOf).join(', ') }));
    }
    if (hop.correction) {
      const { was, reason } = hop.correction;
      const before = formatMoney(was, { locale, detail: 'explained' });
      notes.push(t('corrected', { was: before, reason }));
    }
    return notes;
  };
}

function partValues(part: ToldPart, perMinute: (value: string) => string) {
  return { seconds: part.seconds, rate: perMinute(part.perMinute), band: part.band ?? '' };
}

function NoPrice({ call }: { call: WireCallDetail }) {
  const t = useTranslations('calls');
  const tPanel = useTranslations('patterns.price');
  return (
    <Panel title={tPanel('title')} padded>
      <p className="font-medium">{t('price.none')}</p>
      <p className="mt-0.5 text-ink-2">{t(`price.noneText.${whyFree(call)}`)}</p>
    </Panel>
  );
}

function whyFree(call: WireCallDetail): 'internal' | 'inbound' | 'emergency' | 'unanswered' {
  if (call.class === 'emergency') return 'emergency';
  if (call.direction === 'internal' || call.direction === 'inbound') return call.direction;
  return 'unanswered';
}
