'use client';

import { Unlink } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import { SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { showNumber } from '@/lib/client/format/phone';
import { useList } from '@/lib/client/use-list';
import { numberSchema, type WireNumber } from '@/lib/services/numbers/schemas';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { useAssignNumber } from './use-assign-number';

/** What the API lists at once; a PBX with more numbers than that is told so. */
const LIMIT = 200;
/** States from which a number may go into service (services/numbers/rules.ts). */
const ASSIGNABLE: ReadonlySet<WireNumber['state']> = new Set([
  'available',
  'reserved',
  'in_service',
  'aging',
  'port_in',
  'port_out',
]);

/** The numbers that lead to a PBX, the way to lead another there, and the way to end it. */
export function TrunkNumbers({ trunk }: { trunk: WireTrunk }) {
  const t = useTranslations('carriers.numbers');
  const mayWrite = useMay('numbers.write');
  const list = useList({
    path: '/numbers',
    query: { trunkId: trunk.id, limit: LIMIT },
    item: numberSchema,
  });
  return (
    <SheetSection title={t('title')}>
      <div className="flex flex-col gap-3">
        {list.rows ? (
          <Leading rows={list.rows} trunk={trunk} mayWrite={mayWrite} />
        ) : list.error ? (
          <p className="text-ink-2">{t('failed')}</p>
        ) : (
          <Skeleton className="h-9 w-full" />
        )}
        {list.nextCursor !== null && (
          <p className="text-ink-3 text-small">{t('more', { count: LIMIT })}</p>
        )}
        {mayWrite && trunk.tenant && <LeadHere trunk={trunk} />}
      </div>
    </SheetSection>
  );
}

interface LeadingProps {
  rows: readonly WireNumber[];
  trunk: WireTrunk;
  mayWrite: boolean;
}

function Leading({ rows, trunk, mayWrite }: LeadingProps) {
  const t = useTranslations('carriers.numbers');
  const { leadAway } = useAssignNumber(trunk);
  if (rows.length === 0) return <p className="text-ink-2">{t('none')}</p>;
  return (
    <>
      <ul className="flex flex-col divide-y divide-line rounded-panel border border-line">
        {rows.map((row) => (
          <li key={row.id} className="flex min-h-9 items-center gap-3 px-3 py-1">
            <PhoneNumber value={row.e164} className="grow font-medium" />
            <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
            {mayWrite && (
              <IconButton
                label={t('remove', { number: showNumber(row.e164).text, name: trunk.name })}
                size="xs"
                onClick={() => void leadAway(row)}
              >
                <Unlink aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      <p className="text-ink-3 text-small">{t('text')}</p>
    </>
  );
}

/** Asks for one of the account's other numbers, and says where each leads now. */
function LeadHere({ trunk }: { trunk: WireTrunk }) {
  const t = useTranslations('carriers.numbers');
  const whereNow = useWhereNow();
  const { leadHere, isBusy } = useAssignNumber(trunk);
  const [picked, setPicked] = useState<string | null>(null);
  const list = useList({
    path: '/numbers',
    query: { accountId: trunk.accountId, limit: LIMIT },
    item: numberSchema,
  });
  if (list.rows === undefined) return null;
  const others = list.rows.filter((row) => row.trunk?.id !== trunk.id && ASSIGNABLE.has(row.state));
  const wanted = others.find((row) => row.id === picked);
  if (others.length === 0) return <p className="text-ink-3 text-small">{t('nothingLeft')}</p>;
  return (
    <div className="flex items-end gap-2">
      <Field label={t('pick')} className="grow">
        <Combobox
          // Begins anew when the number it shows has been led here.
          key={wanted?.id ?? 'none'}
          items={others.map((row) => ({
            value: row.id,
            label: showNumber(row.e164).text,
            hint: whereNow(row),
          }))}
          value={wanted?.id ?? null}
          onValueChange={setPicked}
          placeholder={t('placeholder')}
          emptyText={t('nothing')}
        />
      </Field>
      <Button disabled={!wanted} busy={isBusy} onClick={() => wanted && void leadHere(wanted)}>
        {t('add')}
      </Button>
    </div>
  );
}

function useWhereNow(): (number: WireNumber) => string {
  const t = useTranslations('carriers.numbers.now');
  return ({ extension, trunk, tenant }) => {
    if (extension) return t('extension', { number: extension.number });
    if (trunk) return t('trunk', { name: trunk.name });
    return t(tenant ? 'tenant' : 'unused');
  };
}
