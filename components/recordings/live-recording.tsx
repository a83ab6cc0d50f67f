'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Circle, Pause, Play, Square } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { useMay } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Dot } from '@/components/ui/dot';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { LiveCall } from '@/lib/services/live/schemas';
import { type ControlRecordingInput, liveRecordingSchema } from '@/lib/services/recordings/schemas';

type Action = ControlRecordingInput['action'];

/** That a call is being recorded: seen by everybody of its account, whatever else they may. */
export function LiveRecordingMark({ call }: { call: LiveCall }) {
  const t = useTranslations('recordings.live');
  if (call.recording === null) return null;
  return (
    <Badge tone={call.recording === 'recording' ? 'red' : 'neutral'}>
      <Dot tone={call.recording === 'recording' ? 'red' : 'never'} />
      {t(`states.${call.recording}`)}
    </Badge>
  );
}

/** Records a call that goes on, or pauses that while something is said that nobody may keep. */
export function LiveRecordingControl({ call }: { call: LiveCall }) {
  const t = useTranslations('recordings.live');
  const mayControl = useMay('recordings.control');
  const control = useControl(call.callId);
  if (!mayControl || call.state !== 'answered') return null;
  const button = (action: Action, icon: ReactNode) => (
    <Button
      icon={icon}
      aria-label={t(`names.${action}`)}
      busy={control.isPending && control.variables === action}
      onClick={() => control.mutate(action)}
    >
      {t(`actions.${action}`)}
    </Button>
  );
  if (call.recording === null) {
    return button('start', <Circle aria-hidden className="text-red-text" />);
  }
  return (
    <>
      {call.recording === 'paused'
        ? button('resume', <Play aria-hidden />)
        : button('pause', <Pause aria-hidden />)}
      {button('stop', <Square aria-hidden />)}
    </>
  );
}

function useControl(callId: string) {
  const t = useTranslations('recordings.live');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (action: Action) =>
      callApi({
        method: 'POST',
        path: `/live-calls/${callId}/recording`,
        body: { action },
        response: liveRecordingSchema,
      }),
    onError: (error) => toast.failed(t('failed'), error.message),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['list', '/live-calls'] }),
  });
}
