'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import {
  type ProvisioningToken,
  provisioningTokenSchema,
  type RevealedSecret,
  revealedSecretSchema,
} from '@/lib/services/extensions/schemas';

/** A revealed password is hidden after this, whether or not anybody looks. */
const SHOWN_MS = 5 * 60_000;

export interface ShownSecret {
  secret: string;
  /** ISO 8601. */
  hiddenAt: string;
}

export interface Credentials {
  /** null while it is hidden. */
  shown: ShownSecret | null;
  hide: () => void;
  reveal: () => void;
  isRevealing: boolean;
  /** Makes a new password and shows it. */
  reset: (onDone: () => void) => void;
  isResetting: boolean;
  resetError: string | null;
  /** The code or link that was made here last. */
  token: ProvisioningToken | null;
  makeToken: (onMade?: () => void) => void;
  isMakingToken: boolean;
}

/** The secret of one extension, as long as its sheet is open; nothing of it is kept anywhere. */
export function useCredentials(extensionId: string): Credentials {
  const t = useTranslations('extensions');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [shown, setShown] = useState<ShownSecret | null>(null);
  const [token, setToken] = useState<ProvisioningToken | null>(null);
  const path = `/extensions/${extensionId}`;
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: ['list', '/extensions'] });
    void queryClient.invalidateQueries({ queryKey: ['item', '/extensions'] });
  };
  const show = ({ secret, provisioning }: RevealedSecret) => {
    setShown({ secret, hiddenAt: new Date(Date.now() + SHOWN_MS).toISOString() });
    setToken(provisioning);
  };
  const reveal = useMutation({
    mutationFn: () =>
      callApi({ method: 'POST', path: `${path}/reveal-secret`, response: revealedSecretSchema }),
    onSuccess: show,
    onError: (error) => toast.failed(t('credentials.revealFailed'), error.message),
    onSettled: refresh,
  });
  const reset = useMutation({
    mutationFn: () =>
      callApi({ method: 'POST', path: `${path}/reset-secret`, response: revealedSecretSchema }),
    onSuccess: show,
    onSettled: refresh,
  });
  const makeToken = useMutation({
    mutationFn: () =>
      callApi({
        method: 'POST',
        path: `${path}/provisioning-tokens`,
        response: provisioningTokenSchema,
      }),
    onSuccess: setToken,
    onError: (error) => toast.failed(t('qr.failed'), error.message),
    onSettled: refresh,
  });
  return {
    shown,
    hide: () => setShown(null),
    reveal: () => reveal.mutate(),
    isRevealing: reveal.isPending,
    reset: (onDone) => reset.mutate(undefined, { onSuccess: onDone }),
    isResetting: reset.isPending,
    resetError: reset.error?.message ?? null,
    token,
    makeToken: (onMade) => makeToken.mutate(undefined, onMade ? { onSuccess: onMade } : {}),
    isMakingToken: makeToken.isPending,
  };
}
