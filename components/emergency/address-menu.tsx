'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CheckCheck, Ellipsis, Home, Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { refreshNumbers } from '@/components/numbers/queries';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireEmergencyAddress } from '@/lib/services/emergency/schemas';

interface AddressMenuProps {
  address: WireEmergencyAddress;
  onEdit: () => void;
}

/** Changing a place, making it the tenant's own, confirming it anew, taking it away. */
export function AddressMenu({ address, onEdit }: AddressMenuProps) {
  const t = useTranslations('emergency.menu');
  const [isAsking, setAsking] = useState(false);
  const act = useActs(address, () => setAsking(false));
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('more', { name: address.name })} size="xs">
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil aria-hidden />} onClick={onEdit}>
          {t('edit')}
        </MenuItem>
        <MenuItem icon={<CheckCheck aria-hidden />} onClick={() => act.mutate('confirm')}>
          {t('confirm')}
        </MenuItem>
        {!address.isDefault && (
          <MenuItem icon={<Home aria-hidden />} onClick={() => act.mutate('choose')}>
            {t('choose')}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 aria-hidden />} onClick={() => setAsking(true)}>
          {t('delete')}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('deleteTitle', { name: address.name })}
        description={t('deleteText', { count: address.numbers })}
        typeToConfirm={address.name}
        confirmLabel={t('delete')}
        busy={act.isPending}
        error={act.error?.message}
        onConfirm={() => act.mutate('delete')}
      />
    </>
  );
}

type Act = 'confirm' | 'choose' | 'delete';

function useActs({ id, name, tenant }: WireEmergencyAddress, onDeleted: () => void) {
  const t = useTranslations('emergency.menu');
  const toast = useToast();
  const queryClient = useQueryClient();
  const path = `/emergency-addresses/${id}`;
  return useMutation({
    mutationFn: (act: Act) => {
      switch (act) {
        case 'confirm':
          return callApi({ method: 'PATCH', path, body: { confirmed: true } });
        case 'choose':
          return callApi({
            method: 'PUT',
            path: `/tenants/${tenant.id}/emergency-address`,
            body: { emergencyAddressId: id },
          });
        case 'delete':
          return callApi({ method: 'DELETE', path });
      }
    },
    onSuccess: async (_, act) => {
      toast.done(t(`done.${act}`, { name }));
      if (act === 'delete') onDeleted();
      await refreshNumbers(queryClient);
    },
    onError: (error, act) => {
      if (act !== 'delete') toast.failed(t('failed'), error.message);
    },
  });
}
