'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { callApi } from '@/lib/client/api';
import {
  type ImportField,
  importFieldSchema,
  importSchema,
  type ImportMapping as Mapping,
  type WireImport,
} from '@/lib/services/deck-imports/schemas';
import type { WireDeck } from '@/lib/services/decks/schemas';
import { useDiscardImport } from './import-stages';
import { MappingTable } from './mapping-table';

/** Prices of a mark-up deck are not its own, and the other way round. */
const ONLY_RATES: readonly ImportField[] = [
  ...(['perMinute', 'firstPerMinute', 'increments', 'first', 'next'] as const),
  ...(['connectFee', 'minimum', 'noChargeSeconds', 'freeSeconds', 'band'] as const),
];
const ONLY_MARKUP: readonly ImportField[] = ['markupPercent', 'markupMinimum'];

export interface ImportMappingProps {
  deck: WireDeck;
  one: WireImport;
  onAgain: () => void;
}

/** Which column is what: suggested, and changed where the suggestion is wrong. */
export function ImportMapping({ deck, one, onAgain }: ImportMappingProps) {
  const t = useTranslations('decks.imports.mapping');
  const mayWrite = useMay('decks.write');
  const [mapping, setMapping] = useState<Mapping | null>(one.mapping);
  const start = useStart(one.id);
  const discard = useDiscardImport(one.id, onAgain);
  if (mapping === null || one.sample === null) return null;
  const isMarkup = deck.pricing === 'markup';
  const others = isMarkup ? ONLY_RATES : ONLY_MARKUP;
  const missing = missingOf(mapping, isMarkup);
  const knowsIncrements = ['increments', 'first'].some(
    (field) => mapping.columns[field as ImportField] !== undefined,
  );
  return (
    <Panel title={t('title')} note={<FormatNote one={one} />} className="overflow-hidden">
      <div className="flex flex-col gap-3 p-4">
        <p className="text-ink-2">{t('text')}</p>
        {start.error && (
          <Notice tone="red" urgent>
            {start.error.message}
          </Notice>
        )}
        <div className="flex flex-wrap items-end gap-3">
          {!isMarkup && !knowsIncrements && <Increments mapping={mapping} onChange={setMapping} />}
          {(mapping.columns.validFrom ?? mapping.columns.validTo) !== undefined && (
            <DateOrder mapping={mapping} onChange={setMapping} />
          )}
        </div>
      </div>
      <MappingTable
        sample={one.sample}
        mapping={mapping}
        fields={importFieldSchema.options.filter((field) => !others.includes(field))}
        onChange={setMapping}
        disabled={!mayWrite}
      />
      {mayWrite && (
        <div className="flex flex-wrap gap-2 border-line border-t p-4">
          <Button
            variant="primary"
            busy={start.isPending}
            disabledReason={missing === null ? undefined : t(missing)}
            onClick={() => start.mutate(mapping)}
          >
            {t('start')}
          </Button>
          <Button variant="quiet" busy={discard.isPending} onClick={() => discard.mutate()}>
            {t('discard')}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function missingOf({ columns }: Mapping, isMarkup: boolean) {
  if (columns.prefix === undefined) return 'needPrefix';
  if (isMarkup) return columns.markupPercent === undefined ? 'needMarkup' : null;
  return columns.perMinute === undefined ? 'needPrice' : null;
}

function FormatNote({ one }: { one: WireImport }) {
  const t = useTranslations('decks.imports.mapping');
  if (one.format === null) return one.fileName;
  const { sheet, encoding } = one.format;
  const kind = sheet === null ? t('csv', { encoding: encoding ?? '' }) : t('sheet', { sheet });
  return `${one.fileName} · ${kind}`;
}

interface PartProps {
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

function Increments({ mapping, onChange }: PartProps) {
  const t = useTranslations('decks.imports.mapping');
  const change = (part: 'first' | 'next', text: string): void => {
    const seconds = Math.min(3_600, Math.max(part === 'next' ? 1 : 0, Math.trunc(Number(text))));
    onChange({ ...mapping, defaults: { ...mapping.defaults, [part]: seconds || 0 } });
  };
  return (['first', 'next'] as const).map((part) => (
    <Field key={part} label={t(part)} hint={part === 'first' ? t('incrementsHint') : undefined}>
      <Input
        inputMode="numeric"
        className="w-32"
        end={t('seconds')}
        defaultValue={`${mapping.defaults[part]}`}
        onBlur={(event) => change(part, event.currentTarget.value)}
      />
    </Field>
  ));
}

function DateOrder({ mapping, onChange }: PartProps) {
  const t = useTranslations('decks.imports.mapping');
  return (
    <Field label={t('dateOrder')}>
      <Select
        items={[
          { value: 'dmy', label: t('dmy') },
          { value: 'mdy', label: t('mdy') },
        ]}
        value={mapping.dateOrder}
        onValueChange={(dateOrder) => onChange({ ...mapping, dateOrder })}
        className="w-48"
      />
    </Field>
  );
}

function useStart(importId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (mapping: Mapping) =>
      callApi({
        method: 'POST',
        path: `/deck-imports/${importId}/start`,
        body: { mapping },
        response: importSchema,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['item', '/deck-imports'] }),
  });
}
