'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { callApi } from '@/lib/client/api';
import { type PortInState, portInSchema, type WirePortIn } from '@/lib/services/port-ins/schemas';
import { refreshPortIns } from './queries';

/** Moves that lead on, in contrast to those that end it or send it back. */
const FORWARD: ReadonlySet<PortInState> = new Set(['submitted', 'accepted', 'scheduled', 'done']);

/** What can be done with a request now, by whoever looks at it. */
export function PortInMoves({ portIn }: { portIn: WirePortIn }) {
  const t = useTranslations('portIns.moves');
  const [asking, setAsking] = useState<PortInState | null>(null);
  if (portIn.moves.length === 0) return null;
  const [main] = portIn.moves.filter((to) => FORWARD.has(to));
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {portIn.moves.map((to) => (
          <Button
            key={to}
            size="sm"
            variant={to === main ? 'primary' : 'secondary'}
            onClick={() => setAsking(to)}
          >
            {t(`to.${to}`)}
          </Button>
        ))}
      </div>
      <Dialog
        open={asking !== null}
        onOpenChange={(open) => {
          if (!open) setAsking(null);
        }}
        title={asking ? t(`to.${asking}`) : ''}
        description={asking ? t(`text.${asking}`) : undefined}
      >
        {asking && <MoveForm portIn={portIn} to={asking} onDone={() => setAsking(null)} />}
      </Dialog>
    </>
  );
}

interface MoveFormProps {
  portIn: WirePortIn;
  to: PortInState;
  onDone: () => void;
}

function MoveForm({ portIn, to, onDone }: MoveFormProps) {
  const t = useTranslations('portIns.moves');
  const queryClient = useQueryClient();
  const [note, setNote] = useState('');
  const [day, setDay] = useState(portIn.scheduledOn ?? portIn.wishedOn);
  const needsNote = to === 'info_needed' || to === 'rejected';
  const move = useMutation({
    mutationFn: () =>
      callApi({
        method: 'POST',
        path: `/port-ins/${portIn.id}/moves`,
        body: { to, note, ...(to === 'scheduled' ? { scheduledOn: day } : {}) },
        response: portInSchema,
      }),
    onSuccess: async () => {
      await refreshPortIns(queryClient);
      onDone();
    },
  });
  return (
    <form
      noValidate
      className="mt-3 flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        move.mutate();
      }}
    >
      {move.error && (
        <Notice tone="red" urgent>
          {move.error.message}
        </Notice>
      )}
      {to === 'scheduled' && (
        <Field label={t('day')}>
          <Input type="date" value={day} onValueChange={(value) => setDay(value)} />
        </Field>
      )}
      <Field label={t(needsNote ? 'why' : 'note')} hint={t('noteHint')}>
        <Input value={note} maxLength={2_000} onValueChange={(value) => setNote(value)} />
      </Field>
      <DialogActions>
        <Button onClick={onDone}>{t('cancel')}</Button>
        <Button
          variant="primary"
          type="submit"
          busy={move.isPending}
          disabled={needsNote && note.trim() === ''}
        >
          {t(`to.${to}`)}
        </Button>
      </DialogActions>
    </form>
  );
}
