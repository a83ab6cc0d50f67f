'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { AddForm } from '@/components/patterns/edit-form';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { soundSchema, updateSoundSchema, type WireSound } from '@/lib/services/sounds/schemas';
import { refreshSounds } from './queries';

/** Renaming a sound, and deleting it, which asks first. */
export function SoundMenu({ sound }: { sound: WireSound }) {
  const t = useTranslations('sounds');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'rename' | 'delete' | null>(null);
  const remove = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/sounds/${sound.id}` }),
    onSuccess: () => {
      setAsking(null);
      toast.done(t('deleted', { name: sound.name }));
      void refreshSounds(queryClient);
    },
  });
  const close = (isOpen: boolean): void => {
    if (!isOpen) setAsking(null);
  };
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('more', { name: sound.name })} size="xs">
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil aria-hidden />} onClick={() => setAsking('rename')}>
          {t('rename')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 aria-hidden />} onClick={() => setAsking('delete')}>
          {t('delete')}
        </MenuItem>
      </Menu>
      <Dialog
        open={asking === 'rename'}
        onOpenChange={close}
        title={t('renameTitle', { name: sound.name })}
      >
        <RenameForm sound={sound} onDone={() => setAsking(null)} />
      </Dialog>
      <ConfirmDialog
        open={asking === 'delete'}
        onOpenChange={close}
        title={t('deleteTitle', { name: sound.name })}
        description={t('deleteText')}
        confirmLabel={t('delete')}
        busy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

function RenameForm({ sound, onDone }: { sound: WireSound; onDone: () => void }) {
  const t = useTranslations('sounds');
  const queryClient = useQueryClient();
  const form = useForm({
    resolver: zodResolver(updateSoundSchema),
    defaultValues: { name: sound.name },
  });
  const save = useMutation({
    mutationFn: (body: { name: string }) =>
      callApi({ method: 'PATCH', path: `/sounds/${sound.id}`, body, response: soundSchema }),
    onSuccess: async () => {
      await refreshSounds(queryClient);
      onDone();
    },
  });
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t('save') }}
    >
      <Field label={t('name')} error={form.formState.errors.name?.message}>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
    </AddForm>
  );
}
