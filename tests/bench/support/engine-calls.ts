import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { CAPTURE_KEY_BYTES } from '@/lib/protocol/recording/capture-seal';
import { captureHead } from '@/lib/protocol/recording/read-capture';
import type { LegDescription, MediaEngine } from '@/lib/switch/media/engine';
import type { MediaCapture } from '@/lib/switch/media/media-recorder';

/** Calls to be set up, and where their legs are: two ports a call. */
export interface CallsOrder {
  readonly legPorts: readonly number[];
  /** The number of the first call. */
  readonly first: number;
  /** Legs that are keyed by DTLS: of their certificate. */
  readonly fingerprint?: string | undefined;
}

/** A leg's session description, with G.711 as its voice. */
export function legSdp(port: number, secure: readonly string[] = []): Buffer {
  const protocol = secure.length === 0 ? 'RTP/AVP' : 'UDP/TLS/RTP/SAVP';
  return Buffer.from(
    [
      'v=0',
      `o=- ${port} 1 IN IP4 127.0.0.1`,
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${port} ${protocol} 8`,
      'a=rtpmap:8 PCMA/8000',
      'a=ptime:20',
      ...secure,
      'a=sendrecv',
      '',
    ].join('\r\n'),
  );
}

/** The port that a session description names. */
export function portOf(sdp: string): number {
  return Number(/^m=audio (\d+) /m.exec(sdp)?.[1] ?? 0);
}

/** Phones begin the handshake, whoever calls. */
function secureLines(fingerprint: string): readonly string[] {
  return [`a=fingerprint:${fingerprint}`, 'a=setup:active', 'a=rtcp-mux'];
}

async function makeCall(
  engine: MediaEngine,
  sessionId: string,
  {
    ports: [callerPort, calleePort],
    fingerprint,
  }: { ports: readonly [number, number]; fingerprint: string | undefined },
): Promise<readonly [number, number]> {
  const [a, b] = [`${sessionId}-a`, `${sessionId}-b`];
  engine.createSession({ sessionId, callerLegId: a, onEvent: () => undefined });
  const said = (fromLegId: string, toLegId: string, port: number): LegDescription => {
    const signallingAddress = '127.0.0.1';
    const sdp = legSdp(port, fingerprint === undefined ? [] : secureLines(fingerprint));
    const protection = fingerprint === undefined ? 'plain' : 'dtls';
    return { sessionId, fromLegId, toLegId, sdp, signallingAddress, protection };
  };
  const toCallee = await engine.offer(said(a, b, callerPort));
  const toCaller = await engine.answer(said(b, a, calleePort));
  engine.gate(sessionId, 'open');
  return [portOf(toCaller.toString()), portOf(toCallee.toString())];
}

/** Sets calls up as the switch would; the relay's ports by leg: caller, callee, caller … */
export async function makeCalls(engine: MediaEngine, order: CallsOrder): Promise<number[]> {
  const ports: number[] = [];
  for (let leg = 0; leg + 1 < order.legPorts.length; leg += 2) {
    const places = [order.legPorts[leg] ?? 0, order.legPorts[leg + 1] ?? 0] as const;
    const call = { ports: places, fingerprint: order.fingerprint };
    ports.push(...(await makeCall(engine, `call-${order.first + leg / 2}`, call)));
  }
  return ports;
}

/** Records the first of the calls, or none of them any more; what was recorded is thrown away. */
export class CallsRecorder {
  private readonly engine: MediaEngine;
  private readonly directory: string;
  private captures: readonly MediaCapture[] = [];
  private round = 0;

  constructor(engine: MediaEngine, directory: string) {
    this.engine = engine;
    this.directory = directory;
  }

  async record(calls: number): Promise<void> {
    await Promise.all(this.captures.map((one) => one.end(false)));
    this.round += 1;
    this.captures = Array.from({ length: calls }, (_, call) => this.begin(call));
  }

  private begin(call: number): MediaCapture {
    const captureId = `${this.round}-${call}`;
    const head = captureHead('{}');
    const key = randomBytes(CAPTURE_KEY_BYTES);
    const order = { captureId, path: path.join(this.directory, captureId), head, key };
    const sessionId = `call-${call}`;
    const capture = this.engine.recorder?.begin(sessionId, order);
    if (!capture) throw new Error(`${sessionId} is not there to be recorded`);
    capture.place({ callerLegId: `${sessionId}-a`, calleeLegId: `${sessionId}-b` });
    return capture;
  }
}
