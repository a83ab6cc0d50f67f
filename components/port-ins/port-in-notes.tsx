'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { callApi } from '@/lib/client/api';
import { portInSchema, type WirePortIn } from '@/lib/services/port-ins/schemas';
import { refreshPortIns } from './queries';

interface PortInNotesProps {
  portIn: WirePortIn;
  mayWrite: boolean;
}

/** What both sides said and did, in order, and the way to say more. */
export function PortInNotes({ portIn, mayWrite }: PortInNotesProps) {
  const t = useTranslations('portIns.notes');
  const tStates = useTranslations('portIns.states');
  return (
    <div className="flex flex-col gap-3">
      {portIn.notes.length === 0 && <p className="text-ink-2">{t('none')}</p>}
      <ol className="flex flex-col gap-2">
        {portIn.notes.map((note) => (
          <li key={note.id} className="border-line border-s-2 ps-3">
            <span className="text-ink-3 text-small">
              <DateTime value={note.at} /> · {note.author ?? t(note.side)}
              {note.state !== null && ` · ${tStates(note.state)}`}
            </span>
            {note.text !== '' && <p className="break-words">{note.text}</p>}
          </li>
        ))}
      </ol>
      {mayWrite && <SayMore portIn={portIn} />}
    </div>
  );
}

function SayMore({ portIn }: { portIn: WirePortIn }) {
  const t = useTranslations('portIns.notes');
  const queryClient = useQueryClient();
  const [text, setText] = useState('');
  const say = useMutation({
    mutationFn: () =>
      callApi({
        method: 'POST',
        path: `/port-ins/${portIn.id}/notes`,
        body: { text },
        response: portInSchema,
      }),
    onSuccess: async () => {
      setText('');
      await refreshPortIns(queryClient);
    },
  });
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') say.mutate();
      }}
    >
      <Field label={t('say')} error={say.error?.message} className="grow">
        <Input value={text} maxLength={2_000} onValueChange={(value) => setText(value)} />
      </Field>
      <Button type="submit" disabled={text.trim() === ''} busy={say.isPending}>
        {t('send')}
      </Button>
    </form>
  );
}
