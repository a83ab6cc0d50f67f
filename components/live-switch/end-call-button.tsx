'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PhoneOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { showNumber } from '@/lib/client/format/phone';
import type { LiveCall } from '@/lib/services/live/schemas';

/** Ends somebody else's call, once it was asked for twice. */
export function EndCallButton({ call }: { call: LiveCall }) {
  const t = useTranslations('admin.live');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const end = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/live-calls/${call.callId}` }),
    onSuccess: () => {
      setAsking(false);
      toast.done(t('hungUp'));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['list', '/live-calls'] }),
  });
  return (
    <>
      <IconButton label={t('hangUp')} variant="danger" size="xs" onClick={() => setAsking(true)}>
        <PhoneOff />
      </IconButton>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('hangUpTitle')}
        description={t('hangUpText', {
          from: showNumber(call.from.number).text,
          to: showNumber(call.to.number).text,
        })}
        keepLabel={t('hangUpKeep')}
        confirmLabel={t('hangUp')}
        busy={end.isPending}
        error={end.error?.message}
        onConfirm={() => end.mutate()}
      />
    </>
  );
}
