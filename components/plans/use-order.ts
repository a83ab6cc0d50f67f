'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callApi } from '@/lib/client/api';
import { newOrderKey } from '@/lib/client/order-key';
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
