'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { extensionPageSchema, extensionSchema } from '@/lib/services/extensions/schemas';
import { meSchema } from '@/lib/services/identity/schemas';
import { beginWith, type PhoneDesk } from './phone-context';

const SHOWN = 50;

/** No extension is this person's: those that are free, for who may choose; else whom to ask. */
export function ChooseExtension({ desk }: { desk: PhoneDesk }) {
  const t = useTranslations('softphone');
  const toast = useToast();
  const queryClient = useQueryClient();
  const mayChoose = useMay('extensions.write');
  const [busyId, setBusyId] = useState<string | null>(null);
  const { data } = useItem({
    path: '/extensions',
    ...(mayChoose ? {} : { id: null }),
    query: { limit: SHOWN, state: 'active' },
    response: extensionPageSchema,
  });
  const choose = async (id: string) => {
    setBusyId(id);
    try {
      const { user } = await callApi({ path: '/me', response: meSchema });
      await callApi({
        method: 'PATCH',
        path: `/extensions/${id}`,
        body: { userId: user?.id },
        response: extensionSchema,
      });
      await queryClient.invalidateQueries();
      await beginWith(desk.phone);
    } catch (error) {
      toast.failed(t('didNotWork'), error instanceof Error ? error.message : undefined);
    }
    setBusyId(null);
  };
  const free = (data?.items ?? []).filter(({ user }) => user === null);
  return (
    <section className="p-4">
      <h2 className="mb-1 text-section">{t('noneYours')}</h2>
      <p className="mb-4 text-ink-2">{mayChoose ? t('chooseOne') : t('askForOne')}</p>
      <ul className="divide-y divide-line">
        {free.map(({ id, number, name }) => (
          <li key={id} className="flex h-10 items-center gap-3">
            <span className="font-medium tabular-nums">{number}</span>
            <span className="min-w-0 flex-1 truncate text-ink-2">{name}</span>
            <Button
              size="xs"
              busy={busyId === id}
              disabled={busyId !== null}
              onClick={() => void choose(id)}
            >
              {t('useThis')}
            </Button>
          </li>
        ))}
      </ul>
      {mayChoose && data && free.length === 0 && <p className="text-ink-2">{t('noneFree')}</p>}
    </section>
  );
}
