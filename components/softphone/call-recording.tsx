'use client';

import { useLiveCalls } from '@/components/calls/use-live-calls';
import { LiveRecordingControl, LiveRecordingMark } from '@/components/recordings/live-recording';
import type { PhoneCall } from '@/lib/client/phone/calls';
import type { LiveCall } from '@/lib/services/live/schemas';

/** Whether the call is being recorded, and the buttons of who may say so. */
export function CallRecording(props: { call: PhoneCall; extensionId: string | null }) {
  const { calls } = useLiveCalls();
  const live = calls.find((one) => isSame(one, props.call, props.extensionId));
  if (!live) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <LiveRecordingMark call={live} />
      <LiveRecordingControl call={live} />
    </div>
  );
}

/** The switch's view of a call of this phone: the same extension, the same other end. */
function isSame(live: LiveCall, call: PhoneCall, extensionId: string | null): boolean {
  const { number } = call.peer;
  if (live.state !== 'answered' || extensionId === null) return false;
  if (call.direction === 'in') {
    return live.to.extensionId === extensionId && live.from.number === number;
  }
  const isThere = live.to.number === number || live.dialled === number;
  return live.from.extensionId === extensionId && isThere;
}
