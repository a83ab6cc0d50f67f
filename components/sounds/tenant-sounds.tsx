'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import {
  type SetTenantSoundsInput,
  soundPageSchema,
  tenantSoundsSchema,
} from '@/lib/services/sounds/schemas';
import { tenantPageSchema, type WireTenant } from '@/lib/services/tenants/schemas';

/** Stands for the music that is built in. */
const BUILT_IN = 'built-in';

/** For each domain of the account: what its phones, and those whom they hold, hear of us. */
export function TenantSounds() {
  const tenants = useItem({ path: '/tenants', query: { limit: 20 }, response: tenantPageSchema });
  return (
    <div className="mt-6 flex max-w-xl flex-col gap-4">
      {(tenants.data?.items ?? []).map((tenant) => (
        <OneTenant key={tenant.id} tenant={tenant} />
      ))}
    </div>
  );
}

function OneTenant({ tenant }: { tenant: WireTenant }) {
  const t = useTranslations('sounds');
  const toast = useToast();
  const queryClient = useQueryClient();
  const mayWrite = useMay('sounds.write');
  const path = `/tenants/${tenant.id}/sounds`;
  const settings = useItem({ path, response: tenantSoundsSchema });
  const query = { kind: 'music', limit: 100, accountId: tenant.accountId };
  const music = useItem({ path: '/sounds', query, response: soundPageSchema });
  const save = useMutation({
    mutationFn: (body: SetTenantSoundsInput) =>
      callApi({ method: 'PATCH', path, body, response: tenantSoundsSchema }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['item', path] }),
    onError: (error) => toast.failed(t('saveFailed', { reason: error.message })),
  });
  if (!settings.data) return null;
  const { announceRefusals, holdMusic, holdSoundId } = settings.data;
  const items = (music.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const disabled = !mayWrite || save.isPending;
  return (
    <Panel title={t('heardTitle', { domain: tenant.domain })} padded>
      <div className="flex flex-col gap-4">
        <Switch
          label={t('explain')}
          hint={t('explainHint')}
          checked={announceRefusals}
          disabled={disabled}
          onCheckedChange={(checked) => save.mutate({ announceRefusals: checked })}
        />
        <Switch
          label={t('holdMusic')}
          hint={t('holdMusicHint')}
          checked={holdMusic}
          disabled={disabled}
          onCheckedChange={(checked) => save.mutate({ holdMusic: checked })}
        />
        {holdMusic && (
          <Field label={t('whichMusic')}>
            <Select
              items={[{ value: BUILT_IN, label: t('builtIn') }, ...items]}
              value={holdSoundId ?? BUILT_IN}
              disabled={disabled}
              onValueChange={(value) =>
                save.mutate({ holdSoundId: value === BUILT_IN ? null : value })
              }
            />
          </Field>
        )}
      </div>
    </Panel>
  );
}
