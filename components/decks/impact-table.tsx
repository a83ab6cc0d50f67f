'use client';

import { useTranslations } from 'next-intl';
import { Money } from '@/components/patterns/money';
import { cn } from '@/components/ui/cn';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatMicro, parseMicro } from '@/lib/core/money';
import type { ImpactLine, ImpactResult, WireDeck, WireImpact } from '@/lib/services/decks/schemas';

const SHOWN = 25;

export interface ImpactTableProps {
  impact: WireImpact;
  result: ImpactResult;
  kind: WireDeck['kind'];
}

/** Calls by destination, those that change most first. */
export function ImpactTable({ impact, result, kind }: ImpactTableProps) {
  const t = useTranslations('decks.impact');
  const { currency } = result;
  const rows = result.destinations.slice(0, SHOWN);
  return (
    <Table aria-label={t('label')}>
      <thead>
        <tr>
          <Th>{t('destination')}</Th>
          <Th className="text-end">{t('calls')}</Th>
          <Th className="text-end">
            {impact.from === null ? t('charged') : t('before', { from: impact.from })}
          </Th>
          <Th className="text-end">{t('after', { version: impact.version })}</Th>
          <Th className="text-end">{t('difference')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line
            key={row.destination}
            name={row.destination || t('unnamed')}
            line={row}
            look={{ currency, kind }}
          />
        ))}
        {result.rest && (
          <Line name={t('rest')} line={result.rest} look={{ currency, kind }} isGrey />
        )}
        <Line name={t('total')} line={result.total} look={{ currency, kind }} isSum />
      </tbody>
    </Table>
  );
}

interface LineProps {
  name: string;
  line: ImpactLine;
  look: { currency: string; kind: WireDeck['kind'] };
  isGrey?: boolean;
  isSum?: boolean;
}

function Line({ name, line, look, isGrey, isSum }: LineProps) {
  const { currency, kind } = look;
  const difference = parseMicro(line.after) - parseMicro(line.before);
  return (
    <Tr className={cn(isGrey && 'text-ink-3', isSum && 'font-medium')}>
      <Td className="max-w-72 truncate">{name}</Td>
      <Td className="text-end tabular-nums">{line.calls}</Td>
      <Td className="text-end">
        <Money value={{ amount: line.before, currency }} />
      </Td>
      <Td className="text-end">
        <Money value={{ amount: line.after, currency }} />
      </Td>
      <Td className="text-end">
        {/* Colours say gain and loss: dearer is a gain where one sells. */}
        <Money value={{ amount: formatMicro(difference), currency }} change={kind === 'sell'} />
      </Td>
    </Tr>
  );
}
