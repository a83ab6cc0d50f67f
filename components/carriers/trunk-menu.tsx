'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CirclePlay, Ellipsis, OctagonPause, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { useChangeTrunk } from './use-change-trunk';

type Asking = 'suspend' | 'delete' | null;

/** Suspending and deleting, which ask for the name; activating, which does not. */
export function TrunkMenu({ trunk, onDeleted }: { trunk: WireTrunk; onDeleted: () => void }) {
  const t = useTranslations('carriers');
  const [asking, setAsking] = useState<Asking>(null);
  const { calls } = useLiveCalls();
  const setState = useSetState(trunk, () => setAsking(null));
  const remove = useRemove(trunk, onDeleted);
  const { name } = trunk;
  const isActive = trunk.state === 'active';
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
          icon={isActive ? <OctagonPause aria-hidden /> : <CirclePlay aria-hidden />}
          onClick={() => (isActive ? setAsking('suspend') : setState.mutate('active'))}
        >
          {isActive ? t('suspend') : t('activate')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 aria-hidden />} onClick={() => setAsking('delete')}>
          {t('deleteTrunk')}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={asking === 'suspend'}
        onOpenChange={(isOpen) => setAsking(isOpen ? 'suspend' : null)}
        title={t('suspendTitle', { name })}
        description={t('suspendText', {
          count: calls.filter((call) => call.trunkId === trunk.id && call.state !== 'ended').length,
        })}
        typeToConfirm={name}
        confirmLabel={t('suspendConfirm')}
        busy={setState.isPending}
        error={setState.error?.message}
        onConfirm={() => setState.mutate('suspended')}
      />
      <ConfirmDialog
        open={asking === 'delete'}
        onOpenChange={(isOpen) => setAsking(isOpen ? 'delete' : null)}
        title={t('deleteTitle', { name })}
        description={t('deleteText')}
        typeToConfirm={name}
        confirmLabel={t('deleteConfirm')}
        busy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

function useSetState({ id, name }: WireTrunk, onDone: () => void) {
  const t = useTranslations('carriers');
  const toast = useToast();
  const change = useChangeTrunk();
  return useMutation({
    mutationFn: (state: 'active' | 'suspended') => change(id, { state }),
    onSuccess: ({ state }) => {
      onDone();
      toast.done(t(state === 'active' ? 'activated' : 'suspended', { name }));
    },
    onError: (error) => toast.failed(t('changeFailed', { name }), error.message),
  });
}

function useRemove({ id, name }: WireTrunk, onDeleted: () => void) {
  const t = useTranslations('carriers');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/trunks/${id}` }),
    onSuccess: () => {
      onDeleted();
      toast.done(t('deleted', { name }));
      for (const path of ['/trunks', '/carriers', '/route-groups']) {
        void queryClient.invalidateQueries({ queryKey: ['list', path] });
      }
    },
  });
}
