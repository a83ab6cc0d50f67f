'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { CopyButton } from '@/components/patterns/copy-button';
import { DateTime } from '@/components/patterns/date-time';
import { FactList } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Notice } from '@/components/ui/notice';
import { Sheet, SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { useToast } from '@/components/ui/toast';
import { useItem } from '@/lib/client/use-item';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkConnectionFacts } from './trunk-connection';
import { TrunkFields } from './trunk-fields';
import { type TrunkForm, trunkFormOf, trunkFormSchema, trunkSettingsOf } from './trunk-form-values';
import { TrunkMenu } from './trunk-menu';
import { TrunkNumbers } from './trunk-numbers';
import { TrunkState } from './trunk-state';
import { useChangeTrunk } from './use-change-trunk';

export interface TrunkSheetProps {
  openId: string | null;
  rows: readonly WireTrunk[];
  onOpen: (id: string | null) => void;
}

/** One trunk at the side of the list: how it is reached, whether it is used, the way to stop it. */
export function TrunkSheet({ openId, rows, onOpen }: TrunkSheetProps) {
  const t = useTranslations('carriers.sheet');
  const mayWrite = useMay('trunks.write');
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
        <TrunkBody key={trunk.id} trunk={trunk} mayWrite={mayWrite} />
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
              value: (
                <GenerationTag
                  wanted={trunk.generation}
                  observed={trunk.status.observedGeneration}
                />
              ),
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
      <TrunkFields form={form} disabled={!mayWrite} />
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
