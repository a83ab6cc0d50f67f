import type { TraceMessage } from './types';

/** What a list or a ladder says of a message without showing it whole. */
export interface MessageSummary {
  readonly title: string;
  readonly method: string | null;
  readonly status: number | null;
  readonly hasSdp: boolean;
  readonly hasCredentials: boolean;
}

/** A first line can't be longer in a title. */
const MAX_TITLE = 80;

/** Reads what matters of a message's text; a broken one still has a title. */
export function summarise(text: string): MessageSummary {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const first = head.slice(0, Math.max(0, head.search(/\r?\n|$/)));
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  const request = /^([A-Za-z-]+) \S+ SIP\/2\.0$/.exec(first);
  const answered = /\ncseq[ \t]*:[ \t]*\d+[ \t]+([A-Za-z-]+)/i.exec(head)?.[1] ?? null;
  const title = response ? `${response[1]} ${response[2]}`.trim() : (request?.[1] ?? first);
  return {
    title: title.slice(0, MAX_TITLE),
    method: response ? answered : (request?.[1] ?? null),
    status: response ? Number(response[1]) : null,
    hasSdp: end >= 0 && /\n(?:content-type|c)[ \t]*:[ \t]*[^\r\n]*sdp/i.test(head),
    hasCredentials: /\n(?:proxy-)?authorization[ \t]*:/i.test(head),
  };
}

/** Which messages repeat an earlier one of the same leg and direction, byte for byte. */
export function findRepetitions(messages: readonly TraceMessage[]): readonly boolean[] {
  const seen = new Set<string>();
  return messages.map(({ leg, direction, text }) => {
    const key = `${leg} ${direction} ${text}`;
    const isRepetition = seen.has(key);
    seen.add(key);
    return isRepetition;
  });
}
