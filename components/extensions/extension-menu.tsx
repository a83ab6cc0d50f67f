'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CirclePlay, Ellipsis, OctagonPause, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import { useChangeExtension } from './use-change-extension';

export interface ExtensionMenuProps {
  extension: WireExtension;
  onDeleted: () => void;
}

/** Suspending, which can be undone at once, and deleting, which asks first. */
export function ExtensionMenu({ extension, onDeleted }: ExtensionMenuProps) {
  const t = useTranslations('extensions');
  const [isAsking, setAsking] = useState(false);
  const setState = useSetState(extension);
  const remove = useDelete(extension, onDeleted);
  const { number, state, registration, numbers } = extension;
  const isActive = state === 'active';
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
          onClick={() => setState(isActive ? 'suspended' : 'active')}
        >
          {isActive ? t('suspend') : t('resume')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 aria-hidden />} onClick={() => setAsking(true)}>
          {t('delete')}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('deleteTitle', { number })}
        description={t('deleteText', {
          phones: registration.bindings.length,
          numbers: numbers.length,
        })}
        typeToConfirm={number}
        confirmLabel={t('deleteConfirm')}
        busy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

/** Suspends or resumes, with the way back in a toast. */
function useSetState({ id, number }: WireExtension) {
  const t = useTranslations('extensions');
  const toast = useToast();
  const change = useChangeExtension();
  const set = async (state: 'active' | 'suspended'): Promise<void> => {
    try {
      await change(id, { state });
      const isSuspended = state === 'suspended';
      toast.undoable(
        t(isSuspended ? 'suspendedToast' : 'resumedToast', { number }),
        () => void set(isSuspended ? 'active' : 'suspended'),
      );
    } catch (error) {
      toast.failed(
        t('changeFailed', { number }),
        error instanceof Error ? error.message : undefined,
      );
    }
  };
  return (state: 'active' | 'suspended') => void set(state);
}

function useDelete({ id, number }: WireExtension, onDeleted: () => void) {
  const t = useTranslations('extensions');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/extensions/${id}` }),
    onSuccess: () => {
      onDeleted();
      toast.done(t('deletedToast', { number }));
      void queryClient.invalidateQueries({ queryKey: ['list', '/extensions'] });
      void queryClient.invalidateQueries({ queryKey: ['item', '/overview'] });
    },
  });
}
