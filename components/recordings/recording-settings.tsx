'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Disc } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Meter } from '@/components/ui/meter';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import {
  recordingSettingsSchema,
  type WireRecordingSettings,
} from '@/lib/services/recordings/schemas';
import { tenantPageSchema } from '@/lib/services/tenants/schemas';

const MAX_DAYS = 3_650;
const CONSENTS = ['off', 'one_party', 'all_party'] as const;
const FORMATS = ['wav', 'opus'] as const;
const GIGABYTE = 1_000_000_000;

/** Opens how the account's calls are recorded, for whoever may decide that. */
export function RecordingSettingsButton() {
  const t = useTranslations('recordings.settings');
  const [isOpen, setOpen] = useState(false);
  const mayDecide = useMay('tenants.recording');
  const { account } = useViewer();
  if (!mayDecide || account.kind !== 'customer') return null;
  return (
    <>
      <Button size="sm" icon={<Disc aria-hidden />} onClick={() => setOpen(true)}>
        {t('open')}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        width="md"
        title={t('title')}
        description={t('description')}
      >
        {isOpen && <Tenants accountId={account.id} onDone={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

/** Most accounts have one domain; where there are several, one is chosen. */
function Tenants({ accountId, onDone }: { accountId: string; onDone: () => void }) {
  const t = useTranslations('recordings.settings');
  const [chosen, setChosen] = useState<string | null>(null);
  const { data } = useItem({
    path: '/tenants',
    query: { accountId, limit: 100 },
    response: tenantPageSchema,
  });
  if (!data) return <Skeleton className="mt-3 h-40 w-full" />;
  const tenantId = chosen ?? data.items[0]?.id;
  if (tenantId === undefined) return <p className="mt-3 text-ink-2">{t('noTenant')}</p>;
  return (
    <div className="mt-3 flex flex-col gap-4">
      {data.items.length > 1 && (
        <Field label={t('tenant')}>
          <Select
            value={tenantId}
            onValueChange={setChosen}
            items={data.items.map(({ id, domain }) => ({ value: id, label: domain }))}
          />
        </Field>
      )}
      <Settings key={tenantId} tenantId={tenantId} onDone={onDone} />
    </div>
  );
}

function Settings({ tenantId, onDone }: { tenantId: string; onDone: () => void }) {
  const { data } = useItem({
    path: '/tenants',
    id: `${tenantId}/recording`,
    response: recordingSettingsSchema,
  });
  if (!data) return <Skeleton className="h-40 w-full" />;
  return <SettingsForm tenantId={tenantId} settings={data} onDone={onDone} />;
}

interface SettingsFormProps {
  tenantId: string;
  settings: WireRecordingSettings;
  onDone: () => void;
}

function SettingsForm({ tenantId, settings, onDone }: SettingsFormProps) {
  const t = useTranslations('recordings.settings');
  const [consent, setConsent] = useState(settings.consent);
  const [format, setFormat] = useState(settings.format);
  const [encrypted, setEncrypted] = useState(settings.encrypted);
  const [days, setDays] = useState(String(settings.retentionDays));
  const save = useSave(tenantId, onDone);
  const retentionDays = Number(days);
  const isValid =
    Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= MAX_DAYS;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isValid) save.mutate({ consent, format, encrypted, retentionDays });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {!settings.available && <p className="text-red-text">{t('unavailable')}</p>}
      <Field label={t('consent')} hint={t(`consentHints.${consent}`)}>
        <Select
          value={consent}
          onValueChange={setConsent}
          items={CONSENTS.map((value) => ({ value, label: t(`consents.${value}`) }))}
        />
      </Field>
      <Field label={t('format')} hint={t('formatHint')}>
        <Select
          value={format}
          onValueChange={setFormat}
          items={FORMATS.map((value) => ({ value, label: t(`formats.${value}`) }))}
        />
      </Field>
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
      <Switch
        label={t('encrypted')}
        hint={t('encryptedHint')}
        checked={encrypted}
        onCheckedChange={setEncrypted}
      />
      <Room settings={settings} />
      <DialogActions>
        <Button onClick={onDone}>{t('cancel')}</Button>
        <Button type="submit" variant="primary" busy={save.isPending}>
          {t('save')}
        </Button>
      </DialogActions>
    </form>
  );
}

/** How much of the room for recordings is taken. */
function Room({ settings: { usedBytes, maxBytes } }: { settings: WireRecordingSettings }) {
  const t = useTranslations('recordings.settings');
  const gigabytes = (bytes: number) => (bytes / GIGABYTE).toFixed(1);
  return (
    <div className="flex flex-col gap-1.5">
      <span className="text-ink-3 text-small">
        {t('room', { used: gigabytes(usedBytes), whole: gigabytes(maxBytes) })}
      </span>
      <Meter
        label={t('roomLabel')}
        value={usedBytes}
        max={maxBytes}
        tone={usedBytes >= maxBytes ? 'red' : 'accent'}
      />
    </div>
  );
}

function useSave(tenantId: string, onDone: () => void) {
  const t = useTranslations('recordings.settings');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<WireRecordingSettings>) =>
      callApi({
        method: 'PATCH',
        path: `/tenants/${tenantId}/recording`,
        body,
        response: recordingSettingsSchema,
      }),
    onSuccess: () => {
      toast.done(t('saved'));
      onDone();
    },
    onError: (error) => toast.failed(t('failed'), error.message),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['item', '/tenants'] }),
  });
}
