import { AppError, isAppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { LiveEvent } from '@/lib/services/live/schemas';
import type { Viewer } from '@/lib/services/live/view';
import { type Admission, authenticate } from './authenticate';
import { toJson } from './json';
import { limitCaller, limitStranger } from './limits';
import { problemResponse } from './problem';
import { clientAddress } from './request-facts';
import { failed } from './route-io';
import type { Caller } from './route-types';
import { type WebRuntime, webRuntime } from './runtime';
import { type LiveHub, type LiveSink, liveHub } from './sse-hub';

/** Streams of one session or key, and of this process, at most. */
const MAX_PER_CALLER = 12;
const MAX_STREAMS = 5_000;
/** Events that may wait for a reader who does not read; at more, the stream ends and is reopened. */
const MAX_QUEUED = 256;
/** A sign of life for proxies and browsers; each one also asks whether the caller is still let in. */
const BEAT_MS = 10_000;
/** Browsers reconnect after this. */
const RETRY_MS = 2_000;

const open = new Map<string, number>();
const encoder = new TextEncoder();

/**
 * Answers /api/live: server-sent events of the caller's subtree. The caller is let in again at
 * every heartbeat, so a session that was ended, a key that was revoked and a switch of account end
 * the stream.
 */
export async function handleLive(request: Request): Promise<Response> {
  const runtime = webRuntime();
  const requestId = newId(runtime.clock.nowMs());
  const headers = new Headers({
    'content-type': 'text/event-stream; charset=utf-8',
    // no-transform: nothing on the way may gather events in order to compress them.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-request-id': requestId,
  });
  try {
    const admission = await admit(runtime, request, { requestId, headers });
    const hub = liveHub(runtime);
    const key = callerKey(admission.caller);
    if ((open.get(key) ?? 0) >= MAX_PER_CALLER || hub.size >= MAX_STREAMS) {
      throw new AppError('RATE_LIMITED', 'Too many live streams are open.', {
        meta: { retryAfterSeconds: 30 },
      });
    }
    return new Response(streamFor({ runtime, request, admission, hub }), { headers });
  } catch (error) {
    return problemResponse(failed(runtime, error, requestId), requestId);
  }
}

async function admit(
  runtime: WebRuntime,
  request: Request,
  telling: { readonly requestId: string; readonly headers: Headers },
): Promise<Admission> {
  try {
    const admission = await authenticate(runtime, request, telling.requestId);
    limitCaller(runtime, admission.caller, telling.headers);
    return admission;
  } catch (error) {
    const address = clientAddress(request.headers, runtime.settings.trustedProxies);
    limitStranger(runtime, address, telling.headers);
    throw error;
  }
}

interface Opening {
  readonly runtime: WebRuntime;
  readonly request: Request;
  readonly admission: Admission;
  readonly hub: LiveHub;
}

function streamFor(opening: Opening): ReadableStream<Uint8Array> {
  let stream: OpenStream | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream = new OpenStream(opening, controller);
      },
      cancel: () => stream?.end('left'),
    },
    new CountQueuingStrategy({ highWaterMark: MAX_QUEUED }),
  );
}

/** One browser's stream: counted while it is open, ended once, whoever ends it. */
class OpenStream implements LiveSink {
  readonly viewer: Viewer;
  private readonly opening: Opening;
  private readonly controller: ReadableStreamDefaultController<Uint8Array>;
  private readonly beat: NodeJS.Timeout;
  private readonly leaveHub: () => void;
  private isOpen = true;

  constructor(opening: Opening, controller: ReadableStreamDefaultController<Uint8Array>) {
    const { admission, hub, request } = opening;
    this.opening = opening;
    this.controller = controller;
    this.viewer = admission.actor;
    const key = callerKey(admission.caller);
    open.set(key, (open.get(key) ?? 0) + 1);
    this.send(`retry: ${RETRY_MS}\n\n`);
    this.leaveHub = hub.join(this);
    this.beat = setInterval(() => void this.check(), BEAT_MS).unref();
    request.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  write(event: LiveEvent): void {
    this.send(frame(event));
  }

  /** `left`: the reader went, so there is nobody to close the stream for. */
  end(how: 'left' | 'closed'): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const { admission, request } = this.opening;
    clearInterval(this.beat);
    this.leaveHub();
    request.signal.removeEventListener('abort', this.onAbort);
    countDown(callerKey(admission.caller));
    if (how === 'closed') this.controller.close();
  }

  private readonly onAbort = (): void => this.end('closed');

  private send(text: string): void {
    if (!this.isOpen) return;
    this.controller.enqueue(encoder.encode(text));
    // Full: the reader does not read. It will open another stream, and fetch what it missed.
    if ((this.controller.desiredSize ?? 0) <= 0) queueMicrotask(() => this.end('closed'));
  }

  private async check(): Promise<void> {
    const { runtime, request, admission } = this.opening;
    try {
      if (await stillAdmitted(runtime, request, admission)) {
        this.send(': beat\n\n');
        return;
      }
      this.write({ type: 'ended', at: new Date(runtime.clock.nowMs()).toISOString() });
      this.end('closed');
    } catch (error) {
      // The database is away: whoever was let in stays until it can be asked.
      runtime.log.warn('live.check_failed', { error });
    }
  }
}

function frame(event: LiveEvent): string {
  return `event: ${event.type}\ndata: ${toJson(event)}\n\n`;
}

/** Whether the same caller would be let in again, into the same account. */
async function stillAdmitted(
  runtime: WebRuntime,
  request: Request,
  before: Admission,
): Promise<boolean> {
  try {
    const now = await authenticate(runtime, request, before.actor.requestId ?? '');
    return now.actor.accountId === before.actor.accountId;
  } catch (error) {
    const isRefusal = isAppError(error) && error.code !== 'UNAVAILABLE';
    if (!isRefusal) throw error;
    return false;
  }
}

function callerKey(caller: Caller): string {
  return caller.kind === 'api_key' ? caller.keyId : caller.sessionId;
}

function countDown(key: string): void {
  const left = (open.get(key) ?? 1) - 1;
  if (left > 0) open.set(key, left);
  else open.delete(key);
}
