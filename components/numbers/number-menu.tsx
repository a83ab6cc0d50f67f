'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Forward, Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { useMay, useViewer } from '@/components/portal/me-context';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { showNumber } from '@/lib/client/format/phone';
import { releasedNumberSchema, type WireNumber } from '@/lib/services/numbers/schemas';
import { HandOverDialog } from './hand-over-dialog';
import { refreshNumbers } from './queries';

/** States in which a number is in somebody's hands, to be given back. */
const HELD: ReadonlySet<WireNumber['state']> = new Set(['in_service', 'available', 'port_out']);

/** What can be done with a number: giving it back, and handing it down from the own stock. */
export function NumberMenu({ number, onGone }: { number: WireNumber; onGone: () => void }) {
  const t = useTranslations('numbers.menu');
  const { account } = useViewer();
  const mayOrder = useMay('numbers.order');
  const maySell = useMay('numbers.write') && account.kind !== 'customer';
  const [asking, setAsking] = useState<'release' | 'handOver' | null>(null);
  const isStock = number.accountId === account.id && account.kind !== 'customer';
  const mayRelease = mayOrder && HELD.has(number.state) && (!isStock || number.tenant !== null);
  const mayHandOver = maySell && isStock && number.state === 'available';
  if (!mayRelease && !mayHandOver) return null;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('more', { number: showNumber(number.e164).text })} size="md">
            <Ellipsis />
          </IconButton>
        }
      >
        {mayHandOver && (
          <MenuItem icon={<Forward aria-hidden />} onClick={() => setAsking('handOver')}>
            {t('handOver')}
          </MenuItem>
        )}
        {mayRelease && (
          <MenuItem danger icon={<Undo2 aria-hidden />} onClick={() => setAsking('release')}>
            {t('release')}
          </MenuItem>
        )}
      </Menu>
      <ReleaseDialog
        number={number}
        open={asking === 'release'}
        onOpenChange={(open) => setAsking(open ? 'release' : null)}
        onGone={onGone}
      />
      <HandOverDialog
        numbers={asking === 'handOver' ? [number] : []}
        onClose={() => setAsking(null)}
      />
    </>
  );
}

interface ReleaseDialogProps {
  number: WireNumber;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onGone: () => void;
}

function ReleaseDialog({ number, open, onOpenChange, onGone }: ReleaseDialogProps) {
  const t = useTranslations('numbers.release');
  const toast = useToast();
  const queryClient = useQueryClient();
  const shown = showNumber(number.e164).text;
  const release = useMutation({
    mutationFn: () =>
      callApi({
        method: 'POST',
        path: `/numbers/${number.id}/release`,
        body: { confirm: number.e164 },
        response: releasedNumberSchema,
      }),
    onSuccess: async () => {
      onOpenChange(false);
      onGone();
      toast.done(t('done', { number: shown }));
      await refreshNumbers(queryClient);
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('title', { number: shown })}
      description={t('text')}
      typeToConfirm={number.e164}
      confirmLabel={t('confirm')}
      busy={release.isPending}
      error={release.error?.message}
      onConfirm={() => release.mutate()}
    />
  );
}
