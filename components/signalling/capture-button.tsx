'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { captureSchema, type WireTrace } from '@/lib/services/traces/schemas';

type Capture = NonNullable<WireTrace['capture']>;

const MAX_DAYS = 90;

/** Opens the tenant's setting: whether signalling is kept, and for how long. */
export function CaptureButton({ trace, isFirst }: { trace: WireTrace; isFirst?: boolean }) {
  const t = useTranslations('calls.signalling');
  const [isOpen, setOpen] = useState(false);
  const mayDecide = useMay('tenants.capture');
  const { capture } = trace;
  if (!mayDecide || capture === null) return null;
  return (
    <>
      <Button size="sm" variant={isFirst ? 'primary' : 'quiet'} onClick={() => setOpen(true)}>
        {isFirst
          ? t('capture.turnOn')
          : capture.enabled
            ? t('capture.kept', { days: capture.retentionDays })
            : t('capture.isOff')}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        width="md"
        title={t('capture.title')}
        description={t('capture.description')}
      >
        <CaptureForm capture={capture} enable={isFirst === true} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function CaptureForm(props: { capture: Capture; enable: boolean; onDone: () => void }) {
  const { capture, onDone } = props;
  const t = useTranslations('calls.signalling.capture');
  const [enabled, setEnabled] = useState(capture.enabled || props.enable);
  const [days, setDays] = useState(String(capture.retentionDays));
  const save = useSave(capture.tenantId, onDone);
  const retentionDays = Number(days);
  const isValid =
    Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= MAX_DAYS;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isValid) save.mutate({ enabled, retentionDays });
  };
  return (
    <form onSubmit={submit} className="mt-3 flex flex-col gap-4">
      <Switch
        label={t('keep')}
        hint={t('keepHint')}
        checked={enabled}
        onCheckedChange={setEnabled}
      />
      <Field
        label={t('days')}
        hint={t('daysHint')}
        error={isValid ? undefined : t('daysError', { max: MAX_DAYS })}
      >
        <Input
          value={days}
          inputMode="numeric"
          onChange={(event) => setDays(event.target.value)}
          end={t('daysUnit')}
          className="max-w-32"
        />
      </Field>
      <DialogActions>
        <Button onClick={onDone}>{t('cancel')}</Button>
        <Button type="submit" variant="primary" busy={save.isPending}>
          {t('save')}
        </Button>
      </DialogActions>
    </form>
  );
}

function useSave(tenantId: string, onDone: () => void) {
  const t = useTranslations('calls.signalling.capture');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { enabled: boolean; retentionDays: number }) =>
      callApi({
        method: 'PUT',
        path: `/tenants/${tenantId}/capture`,
        body,
        response: captureSchema,
      }),
    onSuccess: ({ enabled, retentionDays }) => {
      toast.done(enabled ? t('nowOn', { days: retentionDays }) : t('nowOff'));
      onDone();
    },
    onError: (error) => toast.failed(t('failed'), error.message),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['item'] }),
  });
}
