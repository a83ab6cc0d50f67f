'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { TrunkConnectionFacts } from '@/components/carriers/trunk-connection';
import { TrunkNumbers } from '@/components/carriers/trunk-numbers';
import { TrunkSheetFrame } from '@/components/carriers/trunk-sheet-frame';
import { TrunkState } from '@/components/carriers/trunk-state';
import { useChangeTrunk } from '@/components/carriers/use-change-trunk';
import { LimitsSection } from '@/components/limits/limits-section';
import { DateTime } from '@/components/patterns/date-time';
import { EditForm } from '@/components/patterns/edit-form';
import { FactList } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { SheetSection } from '@/components/ui/sheet';
import { useToast } from '@/components/ui/toast';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { PbxAccount } from './pbx-account';
import { PbxFields, type PbxForm, pbxFormOf, pbxFormSchema, pbxSettingsOf } from './pbx-form';

export interface PbxSheetProps {
  openId: string | null;
  rows: readonly WireTrunk[];
  registrar: string;
  onOpen: (id: string | null) => void;
}

/** One PBX at the side of the list: how it does, what it registers with, its limits. */
export function PbxSheet({ openId, rows, registrar, onOpen }: PbxSheetProps) {
  const t = useTranslations('trunks.sheet');
  const mayReveal = useMay('trunks.reveal');
  const words = { loading: t('loading'), gone: t('gone'), goneText: t('goneText') };
  return (
    <TrunkSheetFrame openId={openId} rows={rows} onOpen={onOpen} words={words}>
      {(trunk, mayWrite) => (
        <>
          <SheetSection title={t('about')}>
            <FactList
              facts={[
                { label: t('status'), value: <TrunkState state={trunk.state} /> },
                { label: t('now'), value: <TrunkConnectionFacts trunk={trunk} /> },
                { label: t('since'), value: <DateTime value={trunk.createdAt} /> },
              ]}
            />
          </SheetSection>
          <SheetSection title={t('account')}>
            <PbxAccount trunk={trunk} registrar={registrar} mayReveal={mayReveal} />
          </SheetSection>
          <TrunkNumbers trunk={trunk} />
          <SheetSection title={t('settings')}>
            <PbxEditor key={trunk.name} trunk={trunk} mayWrite={mayWrite} />
          </SheetSection>
          <LimitsSection subject="trunk" id={trunk.id} title={t('limits')} />
        </>
      )}
    </TrunkSheetFrame>
  );
}

function PbxEditor({ trunk, mayWrite }: { trunk: WireTrunk; mayWrite: boolean }) {
  const t = useTranslations('trunks.form');
  const toast = useToast();
  const change = useChangeTrunk();
  const form = useForm<PbxForm>({
    resolver: zodResolver(pbxFormSchema),
    values: pbxFormOf(trunk, ''),
    resetOptions: { keepDirtyValues: true },
  });
  const save = useMutation({
    mutationFn: (values: PbxForm) => change(trunk.id, pbxSettingsOf(values)),
    onSuccess: (changed) => {
      form.reset(pbxFormOf(changed, ''));
      toast.done(t('saved', { name: changed.name }));
    },
  });
  return (
    <EditForm
      form={form}
      save={save}
      mayWrite={mayWrite}
      words={{ save: t('save'), reset: t('reset') }}
    >
      <PbxFields form={form} disabled={!mayWrite} />
    </EditForm>
  );
}
