'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { CopyField, CopyList } from '@/components/patterns/copy-field';
import { SecretCountdown, SecretField } from '@/components/patterns/secret-field';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { trunkSecretSchema, type WireTrunk } from '@/lib/services/trunks/schemas';

/** Long enough to be typed into a PBX. */
const SHOWN_MS = 3 * 60_000;

interface Shown {
  readonly secret: string;
  readonly hiddenAt: string;
}

export interface PbxAccountProps {
  trunk: WireTrunk;
  registrar: string;
  mayReveal: boolean;
}

/** What a PBX is told to register with. Its secret is shown once, when it is made. */
export function PbxAccount({ trunk, registrar, mayReveal }: PbxAccountProps) {
  const t = useTranslations('trunks.sheet');
  const toast = useToast();
  const [shown, setShown] = useState<Shown | null>(null);
  const make = useMutation({
    mutationFn: () =>
      callApi({
        method: 'POST',
        path: `/trunks/${trunk.id}/reset-secret`,
        response: trunkSecretSchema,
      }),
    onSuccess: ({ secret }) =>
      setShown({ secret, hiddenAt: new Date(Date.now() + SHOWN_MS).toISOString() }),
    onError: (error) => toast.failed(t('secretFailed'), error.message),
  });
  if (trunk.username === null) {
    return <p className="text-ink-2">{t('byAddress', { address: trunk.address ?? '–' })}</p>;
  }
  return (
    <div className="flex flex-col gap-2">
      <CopyList>
        <CopyField label={t('registrar')} value={registrar} />
        <CopyField label={t('domain')} value={trunk.tenant?.domain ?? ''} />
        <CopyField label={t('user')} value={trunk.username} />
        <SecretField
          label={t('secret')}
          secret={shown?.secret ?? null}
          hiddenAt={shown?.hiddenAt}
          onHide={() => setShown(null)}
        />
      </CopyList>
      {shown && <SecretCountdown hiddenAt={shown.hiddenAt} />}
      {mayReveal && !shown && (
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" busy={make.isPending} onClick={() => make.mutate()}>
            {t('newSecret')}
          </Button>
          <span className="text-ink-3 text-small">{t('newSecretText')}</span>
        </div>
      )}
    </div>
  );
}
