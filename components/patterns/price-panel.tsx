import { Check, Eye, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { moneySign } from '@/lib/client/format/money';
import { parseMicro, type WireMoney } from '@/lib/core/money';
import { Money, Rate } from './money';
import { Panel } from './panel';

/** What one party of the chain pays the next, and how that came about. */
export interface PriceHop {
  id: string;
  payer: ReactNode;
  payee: ReactNode;
  amount: WireMoney;
  /** null for what has no deck: free, on-net. */
  deck: { name: string; version: number; buys?: boolean } | null;
  /** Digits as they were rated, without "+". */
  digits: string;
  /** How many of them the deck's prefix matched. */
  matchedLength: number;
  /** Decimal string; null where nothing is charged by the minute. */
  perMinute: string | null;
  /** In which the price a minute is stated; left out: that of the amount. */
  rateCurrency?: string;
  firstSeconds: number;
  nextSeconds: number;
  billedSeconds: number;
  /** What the payee (or the carrier, at the last hop) keeps; null where the viewer may not see it. */
  keeps: { who: ReactNode; amount: WireMoney; isCost?: boolean } | null;
  /** Further lines: a connection fee, minutes of a bundle. */
  notes?: readonly ReactNode[];
}

export interface PricePanelProps {
  /** From the payer down; only the hops that the viewer may see. */
  hops: readonly PriceHop[];
  /** Result of the check: rated again, it gave the same bytes. null: not checked. */
  replays?: boolean | null | undefined;
  /** Why just these hops are shown. */
  visibility: ReactNode;
  className?: string | undefined;
}

const shareTones = ['bg-bar-strong', 'bg-bar', 'bg-bar-faint'] as const;

interface Share {
  id: string;
  micro: bigint;
  isCost: boolean;
}

/** How the first payer's money was divided, as far as the viewer may see. */
function sharesOf(hops: readonly PriceHop[]): { shares: Share[]; totalMicro: bigint } {
  const shares = hops.flatMap((hop) =>
    hop.keeps && moneySign(hop.keeps.amount) > 0
      ? [
          {
            id: hop.id,
            micro: parseMicro(hop.keeps.amount.amount),
            isCost: hop.keeps.isCost === true,
          },
        ]
      : [],
  );
  const first = hops[0];
  return { shares, totalMicro: first ? parseMicro(first.amount.amount) : 0n };
}

/** Per mille, enough for a bar and for one decimal of a percentage. */
function perMille(partMicro: bigint, totalMicro: bigint): number {
  return totalMicro > 0n ? Number((partMicro * 10_000n) / totalMicro) / 10 : 0;
}

/** Why this price: who pays whom, by which deck and prefix, and what each keeps. */
export function PricePanel({ hops, replays, visibility, className }: PricePanelProps) {
  const t = useTranslations('patterns.price');
  const { shares, totalMicro } = sharesOf(hops);
  return (
    <Panel
      title={t('title')}
      className={className}
      actions={<ReplayTag replays={replays ?? null} />}
      foot={
        <span className="flex items-center gap-2">
          <Eye aria-hidden className="icon-dense" />
          {visibility}
        </span>
      }
    >
      <div className="@container px-4 py-3">
        {shares.length > 1 && totalMicro > 0n && (
          <ShareBar shares={shares} totalMicro={totalMicro} />
        )}
        <ol>
          {hops.map((hop, index) => (
            <HopLine
              key={hop.id}
              hop={hop}
              isLast={index === hops.length - 1}
              totalMicro={totalMicro}
            />
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function ReplayTag({ replays }: { replays: boolean | null }) {
  const t = useTranslations('patterns.price');
  if (replays === null) return null;
  return replays ? (
    <span className="inline-flex items-center gap-1.5 text-ink-3 text-small">
      <Check aria-hidden className="icon-dense text-green" />
      {t('replays')}
    </span>
  ) : (
    <span className="inline-flex items-center gap-1.5 font-medium text-red-text text-small">
      <TriangleAlert aria-hidden className="icon-dense" />
      {t('replaysNot')}
    </span>
  );
}

function ShareBar({ shares, totalMicro }: { shares: readonly Share[]; totalMicro: bigint }) {
  return (
    <div aria-hidden className="mb-2.5 flex h-2 gap-0.5">
      {shares.map((share, index) => (
        <span
          key={share.id}
          style={{ flexGrow: perMille(share.micro, totalMicro), flexBasis: 0 }}
          className={cn(
            'first:rounded-s-[2px] last:rounded-e-[2px]',
            share.isCost
              ? 'bg-line-control'
              : (shareTones[index % shareTones.length] ?? shareTones[0]),
          )}
        />
      ))}
    </div>
  );
}

function HopLine(props: { hop: PriceHop; isLast: boolean; totalMicro: bigint }) {
  const { hop, isLast, totalMicro } = props;
  const t = useTranslations('patterns.price');
  return (
    <li className="relative ps-5 pb-4 last:pb-0">
      {!isLast && (
        <span aria-hidden className="absolute start-1 top-3 -bottom-1.5 w-px bg-line-strong" />
      )}
      <span
        aria-hidden
        className="absolute start-0 top-1.5 size-2.25 rounded-full border-2 border-ink-2 bg-surface"
      />
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0">
          {t.rich('pays', {
            payer: () => <strong className="font-semibold">{hop.payer}</strong>,
            payee: () => <span className="font-medium">{hop.payee}</span>,
            grey: (chunks) => <span className="px-0.5 text-ink-3">{chunks}</span>,
          })}
        </span>
        <Money value={hop.amount} detail="explained" className="font-semibold" />
      </div>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-ink-2 text-small @sm:grid @sm:grid-cols-[minmax(0,1fr)_auto_5.75rem_3.25rem_3rem] @sm:[&>*:not(:first-child)]:text-end">
        {hop.deck ? (
          <span className="truncate @max-sm:me-auto">
            {hop.deck.name}{' '}
            <span className="text-ink-3">
              {hop.deck.buys && `${t('buy')} `}
              {`v${hop.deck.version}`}
            </span>
          </span>
        ) : (
          <span />
        )}
        <PrefixMatch digits={hop.digits} matchedLength={hop.matchedLength} />
        {hop.perMinute !== null && (
          <>
            <span aria-hidden className="basis-full @sm:hidden" />
            <Rate perMinute={hop.perMinute} currency={hop.rateCurrency ?? hop.amount.currency} />
            <span title={t('increments')}>
              {hop.firstSeconds} / {hop.nextSeconds}
            </span>
            <span title={t('billed')}>{hop.billedSeconds} s</span>
          </>
        )}
      </div>
      {hop.notes?.map((note, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: fixed lines of one hop
        <div key={index} className="text-ink-3 text-small">
          {note}
        </div>
      ))}
      {hop.keeps && <Keeps keeps={hop.keeps} totalMicro={totalMicro} />}
    </li>
  );
}

/** The dialled digits, with those that decided the price in bold accent. */
export function PrefixMatch({ digits, matchedLength }: { digits: string; matchedLength: number }) {
  return (
    <bdi dir="ltr" className="text-mono">
      <b className="font-bold text-accent-text">{digits.slice(0, matchedLength)}</b>
      <span className="text-ink-3">{digits.slice(matchedLength)}</span>
    </bdi>
  );
}

function Keeps(props: { keeps: NonNullable<PriceHop['keeps']>; totalMicro: bigint }) {
  const { keeps, totalMicro } = props;
  const t = useTranslations('patterns.price');
  const sign = moneySign(keeps.amount);
  const micro = parseMicro(keeps.amount.amount);
  const tone = sign > 0 ? 'text-green-text' : 'text-red-text';
  return (
    <div className="mt-1.5 flex h-6 items-center gap-4 rounded-badge bg-sunken px-2 text-ink-2 text-small">
      <span className="me-auto truncate">
        {keeps.isCost ? t('carrierCost') : t.rich('keeps', { who: () => keeps.who })}
      </span>
      {totalMicro > 0n && (
        <span className="whitespace-nowrap text-ink-3">
          {`${micro < 0n ? '–' : ''}${(Math.abs(perMille(micro, totalMicro)) / 10).toFixed(1)} %`}
        </span>
      )}
      <Money
        value={keeps.amount}
        detail="explained"
        className={cn('font-semibold', !keeps.isCost && sign !== 0 && tone)}
      />
    </div>
  );
}
