'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Unplug } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';

export interface EvictButtonProps {
  id: string;
  /** What the phone calls itself. */
  device: string;
  /** Whose it is. */
  number: string;
}

/** Takes a phone out of the switch; says first what that means and what it does not. */
export function EvictButton({ id, device, number }: EvictButtonProps) {
  const t = useTranslations('registrations');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const evict = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/registrations/${id}` }),
    onSuccess: () => {
      setAsking(false);
      toast.done(t('evicted', { device, number }));
      void queryClient.invalidateQueries({ queryKey: ['list', '/registrations'] });
      void queryClient.invalidateQueries({ queryKey: ['list', '/extensions'] });
    },
  });
  return (
    <>
      <IconButton
        label={t('evict', { device, number })}
        size="sm"
        onClick={() => {
          evict.reset();
          setAsking(true);
        }}
      >
        <Unplug aria-hidden />
      </IconButton>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('evictTitle', { device, number })}
        description={t('evictText')}
        confirmLabel={t('evictConfirm')}
        busy={evict.isPending}
        error={evict.error?.message}
        onConfirm={() => evict.mutate()}
      />
    </>
  );
}
