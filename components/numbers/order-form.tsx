'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Money } from '@/components/patterns/money';
import { FactList } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { TextLink } from '@/components/ui/text-link';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { showNumber } from '@/lib/client/format/phone';
import { newOrderKey } from '@/lib/client/order-key';
import { useList } from '@/lib/client/use-list';
import { emergencyAddressSchema } from '@/lib/services/emergency/schemas';
import { type NumberOffer, numberOfferSchema, numberSchema } from '@/lib/services/numbers/schemas';
import { CHOICE_QUERY, refreshNumbers } from './queries';
import { type Targets, useTargets } from './use-targets';

interface OrderFormProps {
  offer: NumberOffer;
  onBack: () => void;
  onOrdered: (id: string) => void;
}

/** Asks where a number goes and where help is sent to, says what it costs, and orders it, once. */
export function OrderForm({ offer, onBack, onOrdered }: OrderFormProps) {
  const t = useTranslations('numbers.order');
  const { account } = useViewer();
  const targets = useTargets(account.id, null);
  const places = usePlaces(targets.tenantId);
  const [picked, setPicked] = useState<string | null>(null);
  const order = useOrder(offer, onOrdered);
  const kept = useKept(offer);
  const needsPlace = offer.country !== null && !PLACELESS.has(offer.kind);
  const isPlaced = !needsPlace || places.items.length > 0 || places.isLoading;
  return (
    <div className="mt-3 flex flex-col gap-4">
      {(order.error ?? kept) && (
        <Notice tone="red" urgent>
          {(order.error ?? kept)?.message}
        </Notice>
      )}
      <FactList
        facts={[
          { label: t('number'), value: <PhoneNumber value={offer.e164} className="font-medium" /> },
          { label: t('setUp'), value: <Money value={offer.setUp} detail="balance" /> },
          { label: t('perMonth'), value: <Money value={offer.perPeriod} detail="balance" /> },
        ]}
      />
      <TargetFields targets={targets} picked={picked} onPick={setPicked} />
      {needsPlace && (
        <Field label={t('place')} hint={t('placeHint')}>
          <Select
            items={places.items}
            value={places.value}
            onValueChange={places.choose}
            placeholder={places.isLoading ? undefined : t('placeNeeded')}
            disabled={places.items.length === 0}
          />
        </Field>
      )}
      {!isPlaced && (
        <Notice tone="amber" title={t('noPlace')}>
          <TextLink href="/numbers?view=emergency">{t('addPlace')}</TextLink>
        </Notice>
      )}
      <DialogActions>
        <Button onClick={onBack}>{t('back')}</Button>
        <Button
          variant="primary"
          busy={order.isPending}
          disabled={!isPlaced}
          onClick={() =>
            order.mutate({ targets, picked, placeId: needsPlace ? places.ownChoice : null })
          }
        >
          {t('confirm')}
        </Button>
      </DialogActions>
    </div>
  );
}

const PLACELESS: ReadonlySet<string> = new Set(['toll_free', 'shared_cost', 'premium']);

interface TargetFieldsProps {
  targets: Targets;
  picked: string | null;
  onPick: (id: string | null) => void;
}

function TargetFields({ targets, picked, onPick }: TargetFieldsProps) {
  const t = useTranslations('numbers.routing');
  if (targets.tenants.length === 0) return null;
  return (
    <>
      {targets.tenants.length > 1 && (
        <Field label={t('tenant')}>
          <Select
            items={targets.tenants.map(({ id, domain }) => ({ value: id, label: domain }))}
            value={targets.tenantId}
            onValueChange={(id) => {
              targets.setTenantId(id);
              onPick(null);
            }}
          />
        </Field>
      )}
      <Field label={t('target')} hint={t('targetLater')}>
        <Combobox
          key={targets.tenantId}
          items={targets.items}
          value={picked}
          onValueChange={onPick}
          placeholder={t('placeholder')}
          emptyText={t('nothing')}
        />
      </Field>
    </>
  );
}

/** The places of a tenant, its own first chosen. */
function usePlaces(tenantId: string | null) {
  const [chosen, choose] = useState<string | null>(null);
  const { rows } = useList({
    path: '/emergency-addresses',
    query: { tenantId, ...CHOICE_QUERY },
    item: emergencyAddressSchema,
  });
  const places = rows ?? [];
  const own = places.find(({ isDefault }) => isDefault) ?? places[0];
  return {
    isLoading: rows === undefined,
    items: places.map(({ id, name, street, houseNumber, city }) => ({
      value: id,
      label: name,
      hint: `${houseNumber} ${street}, ${city}`,
    })),
    value: chosen ?? own?.id ?? null,
    /** null: the tenant's own, wherever that will be. */
    ownChoice: places.find(({ id, isDefault }) => id === chosen && !isDefault)?.id ?? null,
    choose,
  };
}

/** Keeps the number while its order is filled in; what came in between is told. */
function useKept({ id }: NumberOffer): Error | null {
  const queryClient = useQueryClient();
  const { mutate, error } = useMutation({
    mutationFn: (numberId: string) =>
      callApi({
        method: 'PUT',
        path: `/numbers/${numberId}/reservation`,
        body: {},
        response: numberOfferSchema,
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['list', '/numbers/offers'] }),
  });
  useEffect(() => mutate(id), [id, mutate]);
  return error;
}

interface Wish {
  targets: Targets;
  picked: string | null;
  placeId: string | null;
}

/** One form is one wish: however often it is sent, it orders once. */
function useOrder(offer: NumberOffer, onOrdered: (id: string) => void) {
  const t = useTranslations('numbers.order');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [orderKey] = useState(newOrderKey);
  return useMutation({
    mutationFn: ({ targets, picked, placeId }: Wish) => {
      const target = targets.find(picked);
      return callApi({
        method: 'POST',
        path: '/numbers/orders',
        body: {
          numberId: offer.id,
          orderKey,
          ...(targets.tenantId === null ? {} : { tenantId: targets.tenantId }),
          ...(target?.kind === 'extension' ? { extensionId: target.id } : {}),
          ...(target?.kind === 'trunk' ? { trunkId: target.id } : {}),
          ...(placeId === null ? {} : { emergencyAddressId: placeId }),
        },
        response: numberSchema,
      });
    },
    onSuccess: async ({ id, e164 }) => {
      await refreshNumbers(queryClient);
      toast.done(t('done', { number: showNumber(e164).text }));
      onOrdered(id);
    },
  });
}
