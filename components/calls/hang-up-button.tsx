'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PhoneOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { IconButton } from '@/components/ui/icon-button';
import { Spinner } from '@/components/ui/spinner';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';

/** Ends a call that goes on. */
export function HangUpButton({ callId }: { callId: string }) {
  const t = useTranslations('calls');
  const toast = useToast();
  const queryClient = useQueryClient();
  const hangUp = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/live-calls/${callId}` }),
    onSuccess: () => toast.done(t('hungUpToast')),
    onError: (error) => toast.failed(t('hangUpFailed'), error.message),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['list', '/live-calls'] }),
  });
  return (
    <IconButton
      label={t('hangUp')}
      variant="danger"
      size="xs"
      disabled={hangUp.isPending}
      onClick={() => hangUp.mutate()}
    >
      {hangUp.isPending ? <Spinner /> : <PhoneOff />}
    </IconButton>
  );
}
