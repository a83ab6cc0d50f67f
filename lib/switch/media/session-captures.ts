import { CALLEE, CALLER } from '@/lib/protocol/recording/capture-format';
import type {
  CaptureOrder,
  CaptureResult,
  CaptureSides,
  MediaCapture,
  MediaRecorder,
} from './media-recorder';
import type { CapturedSide } from './relay/captures';
import type { FromWorker } from './relay/messages';
import type { MediaSession } from './session';
import type { WorkerLink } from './worker-link';

/** What a disk that answers at all takes to write a call's last seconds. */
const END_TIMEOUT_MS = 60_000;

interface Open {
  readonly link: WorkerLink;
  onEnd: ((result: CaptureResult | null) => void) | undefined;
}

/** The engine's end of what its workers capture. */
export class SessionCaptures implements MediaRecorder {
  private readonly open = new Map<string, Open>();
  private readonly sessionOf: (sessionId: string) => MediaSession | undefined;

  constructor(sessionOf: (sessionId: string) => MediaSession | undefined) {
    this.sessionOf = sessionOf;
  }

  begin(sessionId: string, order: CaptureOrder): MediaCapture | null {
    const session = this.sessionOf(sessionId);
    if (session === undefined || session.isLost) return null;
    const { link } = session.place;
    const { captureId } = order;
    this.open.set(captureId, { link, onEnd: undefined });
    link.capture({ step: 'open', start: order });
    return {
      place: (sides) => link.capture({ step: 'place', captureId, sides: sidesIn(session, sides) }),
      pause: (backMs) => link.capture({ step: 'pause', captureId, backMs }),
      resume: (afterMs) => link.capture({ step: 'resume', captureId, afterMs }),
      end: (isKept) => this.end(captureId, isKept),
    };
  }

  /** A worker has written the end of one. */
  ended({ end }: Extract<FromWorker, { type: 'captured' }>): void {
    this.settle(end.captureId, end);
  }

  /** A worker is gone, and has written what it has written. */
  lost(link: WorkerLink): void {
    for (const [captureId, one] of this.open) if (one.link === link) this.settle(captureId, null);
  }

  private end(captureId: string, isKept: boolean): Promise<CaptureResult | null> {
    const one = this.open.get(captureId);
    if (one === undefined) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(captureId, null), END_TIMEOUT_MS);
      timer.unref();
      one.onEnd = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      one.link.capture({ step: 'end', captureId, isKept });
    });
  }

  private settle(captureId: string, result: CaptureResult | null): void {
    const one = this.open.get(captureId);
    this.open.delete(captureId);
    one?.onEnd?.(result);
  }
}

function sidesIn(
  session: MediaSession,
  { callerLegId, calleeLegId }: CaptureSides,
): CapturedSide[] {
  const sides: CapturedSide[] = [];
  for (const [side, legId] of [
    [CALLER, callerLegId],
    [CALLEE, calleeLegId],
  ] as const) {
    const endpointId = legId === null ? undefined : session.endpointIdOf(legId);
    if (endpointId !== undefined) sides.push({ endpointId, side });
  }
  return sides;
}
