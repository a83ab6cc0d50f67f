'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { CreateBanInput, WireAllowedAddress, WireBan } from '@/lib/services/bans/schemas';
import { allowedAddressSchema, banSchema } from '@/lib/services/bans/schemas';

/** Lifts a ban at once, and can take it back: the same address is then shut out till the same end. */
export function useLiftBan(): (ban: WireBan) => void {
  const t = useTranslations('bans');
  const act = useAct('/bans');
  const toast = useToast();
  return (ban) => {
    const { address, until } = ban;
    const reason =
      ban.cause === null ? ban.reason : t(`causes.${ban.cause}`, { detail: ban.detail });
    const again: CreateBanInput = { address, reason: reason.slice(0, 200), until };
    void act(async () => {
      await callApi({ method: 'DELETE', path: `/bans/${ban.id}` });
      toast.undoable(t('lifted', { address }), () => {
        void act(async () => {
          await callApi({ method: 'POST', path: '/bans', body: again, response: banSchema });
          toast.done(t('restored', { address }));
        });
      });
    });
  };
}

/** Takes an exemption back, and can grant it again. */
export function useDisallow(): (row: WireAllowedAddress) => void {
  const t = useTranslations('bans');
  const act = useAct('/allowed-addresses');
  const toast = useToast();
  return ({ id, address, reason }) => {
    void act(async () => {
      await callApi({ method: 'DELETE', path: `/allowed-addresses/${id}` });
      toast.undoable(t('disallowed', { address }), () => {
        const body = { address, reason };
        void act(async () => {
          const response = allowedAddressSchema;
          await callApi({ method: 'POST', path: '/allowed-addresses', body, response });
          toast.done(t('form.allowed', { address }));
        });
      });
    });
  };
}

/** Does something, says where it failed, and fetches the list again either way. */
function useAct(path: string): (work: () => Promise<void>) => Promise<void> {
  const t = useTranslations('bans');
  const toast = useToast();
  const queryClient = useQueryClient();
  return async (work) => {
    try {
      await work();
    } catch (error) {
      toast.failed(t('failed'), error instanceof Error ? error.message : undefined);
    }
    await queryClient.invalidateQueries({ queryKey: ['list', path] });
  };
}
