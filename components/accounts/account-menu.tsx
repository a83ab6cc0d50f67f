'use client';

import { useMutation } from '@tanstack/react-query';
import { CirclePlay, Ellipsis, OctagonPause } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import { useChangeAccount } from './use-change-account';

/** Suspending, which asks for the name, and activating, which does not. */
export function AccountMenu({ account }: { account: WireAccount }) {
  const t = useTranslations('accounts');
  const [isAsking, setAsking] = useState(false);
  const setState = useSetState(account, () => setAsking(false));
  const { name } = account;
  const isActive = account.state === 'active';
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('sheet.more')} size="md">
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem
          danger={isActive}
          icon={isActive ? <OctagonPause aria-hidden /> : <CirclePlay aria-hidden />}
          onClick={() => (isActive ? setAsking(true) : setState.mutate('active'))}
        >
          {isActive ? t('suspend') : t('activate')}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('suspendTitle', { name })}
        description={t('suspendText')}
        typeToConfirm={name}
        confirmLabel={t('suspendConfirm')}
        busy={setState.isPending}
        error={setState.error?.message}
        onConfirm={() => setState.mutate('suspended')}
      />
    </>
  );
}

function useSetState({ id, name }: WireAccount, onDone: () => void) {
  const t = useTranslations('accounts');
  const toast = useToast();
  const change = useChangeAccount();
  return useMutation({
    mutationFn: (state: 'active' | 'suspended') => change(id, { state }),
    onSuccess: ({ state }) => {
      onDone();
      toast.done(t(state === 'active' ? 'activated' : 'suspended', { name }));
    },
    onError: (error) => toast.failed(t('changeFailed', { name }), error.message),
  });
}
