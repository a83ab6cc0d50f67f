'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireContact } from '@/lib/services/contacts/schemas';

/** Changing a contact, and deleting it, which asks first. */
export function ContactMenu(props: { contact: WireContact; onEdit: () => void }) {
  const { contact, onEdit } = props;
  const t = useTranslations('contacts');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/contacts/${contact.id}` }),
    onSuccess: () => {
      setAsking(false);
      toast.done(t('deleted', { name: contact.name }));
      void queryClient.invalidateQueries({ queryKey: ['list', '/contacts'] });
    },
  });
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('more', { name: contact.name })} size="xs">
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil aria-hidden />} onClick={onEdit}>
          {t('edit')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 aria-hidden />} onClick={() => setAsking(true)}>
          {t('delete')}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('deleteTitle', { name: contact.name })}
        description={t('deleteText')}
        confirmLabel={t('delete')}
        busy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
