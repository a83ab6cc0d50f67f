'use client';

import { useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { FactList } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { ErrorState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Notice } from '@/components/ui/notice';
import { Sheet, SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { useItem } from '@/lib/client/use-item';
import { numberSchema, type WireNumber } from '@/lib/services/numbers/schemas';
import { NumberCosts } from './number-costs';
import { NumberMenu } from './number-menu';
import { NumberPlace } from './number-place';
import { NumberRouting } from './number-routing';
import { NumberState } from './number-state';

export interface NumberSheetProps {
  openId: string | null;
  rows: readonly WireNumber[];
  onOpen: (id: string | null) => void;
}

/** One number at the side of the list: what it is, where it leads, where help goes, what it costs. */
export function NumberSheet({ openId, rows, onOpen }: NumberSheetProps) {
  const t = useTranslations('numbers.sheet');
  const index = rows.findIndex((row) => row.id === openId);
  const listed = rows[index];
  const single = useItem({ path: '/numbers', id: listed ? null : openId, response: numberSchema });
  const number = listed ?? (single.data?.id === openId ? single.data : undefined);
  const stepTo = (row: WireNumber | undefined) => row && (() => onOpen(row.id));
  return (
    <Sheet
      open={openId !== null}
      onClose={() => onOpen(null)}
      title={number ? <PhoneNumber value={number.e164} /> : single.error ? t('gone') : t('loading')}
      onPrevious={listed && stepTo(rows[index - 1])}
      onNext={listed && stepTo(rows[index + 1])}
      actions={number && <NumberMenu number={number} onGone={() => onOpen(null)} />}
    >
      {number ? (
        <Fragment key={number.id}>
          <NumberParts number={number} />
        </Fragment>
      ) : single.error ? (
        <ErrorState title={t('gone')}>{t('goneText')}</ErrorState>
      ) : (
        <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
          <Skeleton className="w-1/3" />
          <Skeleton className="h-40 w-full" />
        </div>
      )}
    </Sheet>
  );
}

function NumberParts({ number }: { number: WireNumber }) {
  const t = useTranslations('numbers.sheet');
  const mayWrite = useMay('numbers.write');
  const isHeld = number.tenant !== null || number.state === 'available';
  return (
    <>
      {number.suspendedAt !== null && (
        <div className="px-5 pt-4 max-md:px-4">
          <Notice tone="red" title={t('suspended')}>
            {t('suspendedText')}
          </Notice>
        </div>
      )}
      <SheetSection title={t('about')}>
        <About number={number} />
      </SheetSection>
      {isHeld && (
        <SheetSection title={t('routing')}>
          <NumberRouting number={number} mayWrite={mayWrite} />
        </SheetSection>
      )}
      {number.tenant && (
        <SheetSection title={t('place')}>
          <NumberPlace number={number} tenantId={number.tenant.id} />
        </SheetSection>
      )}
      <NumberCosts number={number} />
    </>
  );
}

function About({ number }: { number: WireNumber }) {
  const t = useTranslations('numbers');
  const { account } = useViewer();
  const place = [number.area, number.country].filter(Boolean).join(', ');
  const facts = [
    { label: t('columns.state'), value: <NumberState number={number} /> },
    { label: t('columns.kind'), value: t(`kinds.${number.kind}`) },
    ...(number.group === '' ? [] : [{ label: t('group'), value: number.group }]),
    { label: t('columns.place'), value: place === '' ? '–' : place },
    ...(number.accountId === account.id
      ? []
      : [{ label: t('columns.account'), value: number.accountName }]),
    ...(number.carrier ? [{ label: t('carrier'), value: number.carrier.name }] : []),
    ...(number.reservedFor ? [{ label: t('reservedFor'), value: number.reservedFor.name }] : []),
    ...(number.heldUntil === null
      ? []
      : [{ label: t('heldUntil'), value: <DateTime value={number.heldUntil} /> }]),
    {
      label: t('columns.live'),
      value: (
        <GenerationTag wanted={number.generation} observed={number.status.observedGeneration} />
      ),
    },
  ];
  return <FactList facts={facts} />;
}
