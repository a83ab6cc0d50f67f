import type { PricedTerms } from './price';
import type { BandSpan } from './rate';

/**
 * A call that rings for longer is priced as if it had been answered then: so the dearest that an
 * answer may lead to is known when its funds are reserved. Five times what a phone may ring.
 */
export const MAX_RINGING_MS = 600_000;

/**
 * A rate with its timetable counted from the answer: what its seconds cost is known now. The answer
 * is taken to lie at the pin or up to MAX_RINGING_MS after it. A rate without bands stays as it is.
 */
export function atAnswer<T extends PricedTerms>(rate: T, answeredAtMs: number | null): T {
  const { bandSpans } = rate;
  if (bandSpans === undefined || answeredAtMs === null) return rate;
  const pinnedMs = bandSpans[0]?.fromMs ?? 0;
  const latestMs = pinnedMs + MAX_RINGING_MS;
  const startMs = Math.min(latestMs, Math.max(pinnedMs, Math.floor(answeredAtMs)));
  const current = bandSpans.findLastIndex((span) => span.fromMs <= startMs);
  const spans = bandSpans
    .slice(Math.max(0, current))
    .map((span, index) => (index === 0 ? { ...span, fromMs: startMs } : span));
  return { ...rate, bandSpans: spans };
}

/** The dearest prices of the spans in force at some moment from `fromMs` until before `toMs`. */
function dearest(spans: readonly BandSpan[], fromMs: number, toMs: number) {
  let firstPerMinuteNano = 0n;
  let nextPerMinuteNano = 0n;
  for (const [index, span] of spans.entries()) {
    const endMs = spans[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    if (endMs <= fromMs || span.fromMs >= toMs) continue;
    if (span.firstPerMinuteNano > firstPerMinuteNano) firstPerMinuteNano = span.firstPerMinuteNano;
    if (span.nextPerMinuteNano > nextPerMinuteNano) nextPerMinuteNano = span.nextPerMinuteNano;
  }
  return { firstPerMinuteNano, nextPerMinuteNano };
}

/**
 * A rate as it has to be reserved while nobody has answered: every second at the dearest price that
 * any answer could give it. Whatever is held by it covers every price by `atAnswer`.
 */
export function beforeAnswer<T extends PricedTerms>(rate: T): T {
  const { bandSpans } = rate;
  if (bandSpans === undefined) return rate;
  const pinnedMs = bandSpans[0]?.fromMs ?? 0;
  const turnsMs = bandSpans.flatMap((span) => [
    span.fromMs,
    Math.max(pinnedMs, span.fromMs - MAX_RINGING_MS),
  ]);
  const sorted = [...new Set(turnsMs)].sort((left, right) => left - right);
  const spans = sorted.map((fromMs, index) => {
    const untilMs = sorted[index + 1] ?? Number.POSITIVE_INFINITY;
    // A second of this stretch may begin at any moment up to MAX_RINGING_MS later.
    return { fromMs, name: '', ...dearest(bandSpans, fromMs, untilMs + MAX_RINGING_MS) };
  });
  return { ...rate, bandSpans: spans };
}

/** A rate as a call's funds are reserved by it: after the answer exactly, before it at the dearest. */
export function forHolding<T extends PricedTerms>(rate: T, answeredAtMs: number | null): T {
  return answeredAtMs === null ? beforeAnswer(rate) : atAnswer(rate, answeredAtMs);
}
