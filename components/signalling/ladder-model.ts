import type { WireTrace, WireTraceMessage } from '@/lib/services/traces/schemas';

/** How loud a message is drawn: challenges and redirects amber, what ended the call red. */
export type MessageTone = 'plain' | 'amber' | 'red';

/** A message between two lifelines, by their places. */
export interface LadderMessage {
  readonly index: number;
  readonly message: WireTraceMessage;
  readonly from: number;
  readonly to: number;
  readonly tone: MessageTone;
  /** Opens or closes something, or is the answer that it waited for. */
  readonly isStrong: boolean;
}

/** Where media flowed: between the switch and each of these lifelines. */
export interface LadderBand {
  /** Below this message, by its place. */
  readonly after: number;
  readonly lengthMs: number | null;
  readonly cells: readonly { readonly lifeline: number; readonly words: string }[];
}

/** Who stands on a lifeline: the switch, or a leg by its number. */
export type Lifeline = { readonly kind: 'switch' } | { readonly kind: 'leg'; readonly leg: number };

export interface Ladder {
  readonly lifelines: readonly Lifeline[];
  readonly messages: readonly LadderMessage[];
  readonly band: LadderBand | null;
}

/** Static payload types that calls still use (RFC 3551 table 4). */
const STATIC_CODECS: Readonly<Record<string, string>> = {
  0: 'PCMU',
  3: 'GSM',
  8: 'PCMA',
  9: 'G722',
  18: 'G729',
};

/** Lays a trace out: the caller's leg before the switch, every other one behind it. */
export function ladderOf(trace: Pick<WireTrace, 'legs' | 'messages'>): Ladder {
  const legs = trace.legs.map(({ leg }) => leg);
  const lifelines: Lifeline[] = [
    ...legs.filter((leg) => leg === 0).map((leg) => ({ kind: 'leg' as const, leg })),
    { kind: 'switch' },
    ...legs.filter((leg) => leg !== 0).map((leg) => ({ kind: 'leg' as const, leg })),
  ];
  const placeOf = (leg: number): number =>
    lifelines.findIndex((one) => one.kind === 'leg' && one.leg === leg);
  const hub = lifelines.findIndex((one) => one.kind === 'switch');
  const messages = trace.messages.map((message, index) => {
    const far = placeOf(message.leg);
    return {
      index,
      message,
      from: message.direction === 'in' ? far : hub,
      to: message.direction === 'in' ? hub : far,
      tone: toneOf(message),
      isStrong: isStrong(message),
    };
  });
  return { lifelines, messages, band: bandOf(trace.messages, placeOf) };
}

function toneOf({ status, method }: WireTraceMessage): MessageTone {
  if (status === null || status < 300) return 'plain';
  if (status < 400 || status === 401 || status === 407) return 'amber';
  return method === 'INVITE' ? 'red' : 'plain';
}

function isStrong({ status, method }: WireTraceMessage): boolean {
  if (status !== null) return status >= 200 && status < 300;
  return method === 'INVITE' || method === 'BYE' || method === 'CANCEL' || method === 'REFER';
}

const isAnswer = ({ status, method }: WireTraceMessage): boolean =>
  method === 'INVITE' && status !== null && status >= 200 && status < 300;

/** Media flows from the last ACK that follows the first answers, until the first BYE. */
function bandOf(
  messages: readonly WireTraceMessage[],
  placeOf: (leg: number) => number,
): LadderBand | null {
  const answers = messages.filter(isAnswer);
  const first = messages.findIndex(isAnswer);
  if (first < 0) return null;
  const bye = messages.findIndex(({ status, method }) => status === null && method === 'BYE');
  const talking = messages.slice(0, bye < 0 ? undefined : bye);
  const legs = new Set(answers.map(({ leg }) => leg));
  let after = first;
  for (const leg of legs) {
    const acknowledged = talking.findIndex(
      (message, index) => index > first && message.leg === leg && message.method === 'ACK',
    );
    after = Math.max(after, acknowledged);
  }
  const start = messages[after];
  const end = messages[bye];
  return {
    after,
    lengthMs: start && end ? end.offsetMs - start.offsetMs : null,
    cells: [...legs].map((leg) => ({ lifeline: placeOf(leg), words: mediaOf(messages, leg) })),
  };
}

/** "SRTP · PCMA": what the answer on a leg agreed on. */
function mediaOf(messages: readonly WireTraceMessage[], leg: number): string {
  const answer = messages.find((message) => isAnswer(message) && message.leg === leg);
  const audio = /^m=audio \d+ (\S+) (\d+)/m.exec(answer?.raw ?? '');
  if (!audio) return 'RTP';
  const [, profile = '', payloadType = ''] = audio;
  const named = new RegExp(`^a=rtpmap:${payloadType} ([\\w.-]{1,20})`, 'm').exec(answer?.raw ?? '');
  const codec = named?.[1] ?? STATIC_CODECS[payloadType];
  const protocol = profile.includes('SAVP') ? 'SRTP' : 'RTP';
  return codec === undefined ? protocol : `${protocol} · ${codec}`;
}
