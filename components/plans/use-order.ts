'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callApi } from '@/lib/client/api';
import { subscriptionSchema } from '@/lib/services/subscriptions/schemas';

/** Where an order's extensions can be. */
export interface TenantPlace {
  id: string;
  domain: string;
}

export interface OrderWish {
  extensionName: string;
  tenantId: string | undefined;
}

/** Random enough that two wishes never share one; works without https, where randomUUID does not. */
function newOrderKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `portal-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Orders a plan. One dialog is one wish: however often it is sent, it orders once. */
export function useOrder(planId: string) {
  const queryClient = useQueryClient();
  const [orderKey] = useState(newOrderKey);
  return useMutation({
    mutationFn: ({ extensionName, tenantId }: OrderWish) =>
      callApi({
        method: 'POST',
        path: '/subscriptions',
        body: {
          planId,
          orderKey,
          ...(extensionName === '' ? {} : { extensionName }),
          ...(tenantId === undefined ? {} : { tenantId }),
        },
        response: subscriptionSchema,
      }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
}
