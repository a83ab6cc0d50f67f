'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { TrunkConnectionFacts } from '@/components/carriers/trunk-connection';
import { TrunkMenu } from '@/components/carriers/trunk-menu';
import { TrunkNumbers } from '@/components/carriers/trunk-numbers';
import { TrunkState } from '@/components/carriers/trunk-state';
import { useChangeTrunk } from '@/components/carriers/use-change-trunk';
import { DateTime } from '@/components/patterns/date-time';
import { FactList } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Sheet, SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { useToast } from '@/components/ui/toast';
import { useItem } from '@/lib/client/use-item';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';
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
  const mayWrite = useMay('trunks.write');
  const mayReveal = useMay('trunks.reveal');
  const index = rows.findIndex((row) => row.id === openId);
  const listed = rows[index];
  const single = useItem({ path: '/trunks', id: listed ? null : openId, response: trunkSchema });
  const trunk = listed ?? (single.data?.id === openId ? single.data : undefined);
  const stepTo = (row: WireTrunk | undefined) => row && (() => onOpen(row.id));
  return (
    <Sheet
      open={openId !== null}
      onClose={() => onOpen(null)}
      title={trunk?.name ?? t(single.error ? 'gone' : 'loading')}
      onPrevious={listed && stepTo(rows[index - 1])}
      onNext={listed && stepTo(rows[index + 1])}
      actions={trunk && mayWrite && <TrunkMenu trunk={trunk} onDeleted={() => onOpen(null)} />}
    >
      {trunk ? (
        <div key={trunk.id}>
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
        </div>
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
  const { isDirty } = form.formState;
  return (
    <form
      noValidate
      onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
      className="flex flex-col gap-3"
    >
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      <PbxFields form={form} disabled={!mayWrite} />
      {mayWrite && (
        <div className="flex gap-2">
          <Button type="submit" disabled={!isDirty} busy={save.isPending}>
            {t('save')}
          </Button>
          {isDirty && (
            <Button variant="quiet" onClick={() => form.reset()}>
              {t('reset')}
            </Button>
          )}
        </div>
      )}
    </form>
  );
}
