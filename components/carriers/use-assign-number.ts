'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { showNumber } from '@/lib/client/format/phone';
import {
  type AssignNumberInput,
  numberSchema,
  type WireNumber,
} from '@/lib/services/numbers/schemas';
import type { WireTrunk } from '@/lib/services/trunks/schemas';

export interface AssignNumber {
  readonly isBusy: boolean;
  /** Leads a number to the PBX; what it led to before is in the toast's undo. */
  readonly leadHere: (number: WireNumber) => Promise<void>;
  /** Leaves a number with its tenant and nothing behind it; can be taken back. */
  readonly leadAway: (number: WireNumber) => Promise<void>;
}

/** Changes where numbers lead, at once and with a way back. */
export function useAssignNumber(trunk: WireTrunk): AssignNumber {
  const t = useTranslations('carriers.numbers');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const assign = async (number: WireNumber, to: AssignNumberInput, said: string): Promise<void> => {
    setBusy(true);
    try {
      const path = `/numbers/${number.id}/assignment`;
      await callApi({ method: 'PUT', path, body: to, response: numberSchema });
      toast.undoable(said, () => void takeBack(number));
    } catch (error) {
      toast.failed(t('changeFailed'), error instanceof Error ? error.message : undefined);
    }
    await refetch();
    setBusy(false);
  };
  const takeBack = async (was: WireNumber): Promise<void> => {
    const body: AssignNumberInput = {
      tenantId: was.tenant?.id ?? null,
      extensionId: was.extension?.id ?? null,
      trunkId: was.trunk?.id ?? null,
    };
    try {
      const path = `/numbers/${was.id}/assignment`;
      await callApi({ method: 'PUT', path, body, response: numberSchema });
    } catch (error) {
      toast.failed(t('changeFailed'), error instanceof Error ? error.message : undefined);
    }
    await refetch();
  };
  const refetch = () =>
    Promise.all(
      ['/numbers', '/extensions'].map((path) =>
        queryClient.invalidateQueries({ queryKey: ['list', path] }),
      ),
    );
  const shown = (number: WireNumber) => showNumber(number.e164).text;
  const tenantId = trunk.tenant?.id ?? null;
  return {
    isBusy,
    leadHere: (number) => {
      const said = t('added', { number: shown(number), name: trunk.name });
      return assign(number, { tenantId, trunkId: trunk.id }, said);
    },
    leadAway: (number) => assign(number, { tenantId }, t('removed', { number: shown(number) })),
  };
}
