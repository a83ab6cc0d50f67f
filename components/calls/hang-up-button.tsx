'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PhoneOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Spinner } from '@/components/ui/spinner';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';

/** Ends a call that goes on; as an icon in its row, in words on its page. */
export function HangUpButton({
  callId,
  look = 'icon',
}: {
  callId: string;
  look?: 'icon' | 'words';
}) {
  const t = useTranslations('calls');
  const toast = useToast();
  const queryClient = useQueryClient();
  const hangUp = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/live-calls/${callId}` }),
    onSuccess: () => toast.done(t('hungUpToast')),
    onError: (error) => toast.failed(t('hangUpFailed'), error.message),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['list', '/live-calls'] }),
  });
  if (look === 'words') {
    return (
      <Button
        variant="danger"
        icon={<PhoneOff />}
        busy={hangUp.isPending}
        onClick={() => hangUp.mutate()}
      >
        {t('hangUp')}
      </Button>
    );
  }
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
