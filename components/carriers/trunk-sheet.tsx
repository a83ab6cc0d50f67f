'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { LimitsSection } from '@/components/limits/limits-section';
import { CopyButton } from '@/components/patterns/copy-button';
import { DateTime } from '@/components/patterns/date-time';
import { EditForm } from '@/components/patterns/edit-form';
import { FactList } from '@/components/patterns/panel';
import { SheetSection } from '@/components/ui/sheet';
import { useToast } from '@/components/ui/toast';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkConnectionFacts } from './trunk-connection';
import { TrunkFields } from './trunk-fields';
import { type TrunkForm, trunkFormOf, trunkFormSchema, trunkSettingsOf } from './trunk-form-values';
import { TrunkNumbers } from './trunk-numbers';
import { TrunkSheetFrame } from './trunk-sheet-frame';
import { TrunkState } from './trunk-state';
import { TrunkGeneration } from './trunk-table';
import { useChangeTrunk } from './use-change-trunk';

export interface TrunkSheetProps {
  openId: string | null;
  rows: readonly WireTrunk[];
  onOpen: (id: string | null) => void;
}

/** One trunk at the side of the list: how it is reached, whether it is used, the way to stop it. */
export function TrunkSheet({ openId, rows, onOpen }: TrunkSheetProps) {
  const t = useTranslations('carriers.sheet');
  const words = { loading: t('loading'), gone: t('gone'), goneText: t('goneText') };
  return (
    <TrunkSheetFrame openId={openId} rows={rows} onOpen={onOpen} words={words}>
      {(trunk, mayWrite) => <TrunkBody trunk={trunk} mayWrite={mayWrite} />}
    </TrunkSheetFrame>
  );
}

function TrunkBody({ trunk, mayWrite }: { trunk: WireTrunk; mayWrite: boolean }) {
  const t = useTranslations('carriers.sheet');
  const { calls } = useLiveCalls();
  const used = calls.filter((call) => call.trunkId === trunk.id && call.state !== 'ended').length;
  return (
    <>
      <SheetSection title={t('facts')}>
        <FactList
          facts={[
            { label: t('status'), value: <TrunkState state={trunk.state} /> },
            { label: t('now'), value: <TrunkConnectionFacts trunk={trunk} /> },
            trunk.kind === 'pbx'
              ? { label: t('domain'), value: trunk.tenant?.domain ?? '–' }
              : { label: t('carrier'), value: trunk.carrier?.name ?? '–' },
            ...(trunk.kind === 'pbx' && trunk.username !== null
              ? [{ label: t('user'), value: <span className="text-mono">{trunk.username}</span> }]
              : []),
            { label: t('callsNow'), value: used },
            { label: t('created'), value: <DateTime value={trunk.createdAt} /> },
            {
              label: t('onSwitch'),
              value: <TrunkGeneration trunk={trunk} />,
            },
            {
              label: t('id'),
              value: (
                <span className="flex items-center gap-1">
                  <span className="truncate text-mono">{trunk.id}</span>
                  <CopyButton value={trunk.id} label={t('id')} />
                </span>
              ),
            },
          ]}
        />
      </SheetSection>
      {trunk.kind === 'pbx' && <TrunkNumbers trunk={trunk} />}
      <LimitsSection subject="trunk" id={trunk.id} title={t('limits')} />
      <SheetSection title={t('connection')}>
        <TrunkEditor key={`${trunk.id} ${trunk.generation}`} trunk={trunk} mayWrite={mayWrite} />
      </SheetSection>
    </>
  );
}

function TrunkEditor({ trunk, mayWrite }: { trunk: WireTrunk; mayWrite: boolean }) {
  const t = useTranslations('carriers.trunkForm');
  const toast = useToast();
  const change = useChangeTrunk();
  const form = useForm<TrunkForm>({
    resolver: zodResolver(trunkFormSchema),
    defaultValues: trunkFormOf(trunk, ''),
  });
  const save = useMutation({
    mutationFn: (values: TrunkForm) => change(trunk.id, trunkSettingsOf(values)),
    onSuccess: ({ name }) => toast.done(t('saved', { name })),
  });
  return (
    <EditForm
      form={form}
      save={save}
      mayWrite={mayWrite}
      words={{ save: t('save'), reset: t('reset') }}
    >
      <TrunkFields form={form} disabled={!mayWrite} />
    </EditForm>
  );
}
