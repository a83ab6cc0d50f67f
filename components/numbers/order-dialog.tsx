'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import type { NumberOffer } from '@/lib/services/numbers/schemas';
import { OfferSearch } from './offer-search';
import { OrderForm } from './order-form';

export interface OrderDialogProps {
  open: boolean;
  onClose: () => void;
  /** The number that was ordered. */
  onOrdered: (id: string) => void;
}

/** From "which one" to "it rings": searches what is on offer, then asks where it goes and what it costs. */
export function OrderNumberDialog({ open, onClose, onOrdered }: OrderDialogProps) {
  const t = useTranslations('numbers.order');
  const [chosen, setChosen] = useState<NumberOffer | null>(null);
  const close = () => {
    setChosen(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) close();
      }}
      width="lg"
      sticky={chosen !== null}
      title={t(chosen ? 'confirmTitle' : 'title')}
      description={chosen ? undefined : t('text')}
    >
      {chosen ? (
        <OrderForm
          offer={chosen}
          onBack={() => setChosen(null)}
          onOrdered={(id) => {
            close();
            onOrdered(id);
          }}
        />
      ) : (
        <OfferSearch onChoose={setChosen} />
      )}
    </Dialog>
  );
}
