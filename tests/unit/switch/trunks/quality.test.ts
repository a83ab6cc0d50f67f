import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import {
  type AttemptOutcome,
  type Demotion,
  type QualityTerms,
  TrunkQuality,
} from '@/lib/switch/trunks/quality';

const MINUTE_MS = 60_000;
const ANY: QualityTerms = { minAnswerPercent: null, minTalkSeconds: null };

let clock: ManualClock;
let told: (Demotion | null)[];
let quality: TrunkQuality;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  quality = new TrunkQuality(clock, (_trunkId, demotion) => told.push(demotion));
});

function tried(count: number, outcome: AttemptOutcome, terms = ANY): void {
  for (let call = 0; call < count; call += 1) quality.attempted('a', outcome, terms);
}

describe('a trunk', () => {
  it('whose way is closed for more than half of its calls comes last for five minutes', () => {
    tried(9, 'answered');
    tried(9, 'failed');
    expect(told).toEqual([]);
    tried(1, 'failed');
    expect(told).toEqual([
      { untilMs: clock.nowMs() + 5 * MINUTE_MS, why: '10 of 19 calls failed' },
    ]);
  });

  it('is never judged by a few calls', () => {
    tried(9, 'failed');
    clock.advance(15 * MINUTE_MS);
    tried(19, 'unanswered', { minAnswerPercent: 50, minTalkSeconds: 60 });
    expect(told).toEqual([]);
  });

  it('may have nobody answer where nothing is asked of it', () => {
    tried(500, 'unanswered');
    expect(told).toEqual([]);
  });

  it('that answers fewer of a hundred calls than it should is put behind', () => {
    const terms = { minAnswerPercent: 40, minTalkSeconds: null };
    tried(8, 'answered', terms);
    tried(12, 'unanswered', terms);
    expect(told).toEqual([]);
    tried(1, 'unanswered', terms);
    expect(told).toMatchObject([{ why: '38 % of 21 calls answered, 40 % wanted' }]);
  });

  it('whose calls are shorter than they should be is put behind', () => {
    const terms = { minAnswerPercent: null, minTalkSeconds: 30 };
    for (let call = 0; call < 20; call += 1) quality.talked('a', call < 10 ? 50 : 8, terms);
    expect(told).toMatchObject([{ why: '29 s talked on average, 30 s wanted' }]);
  });

  it('comes back by itself, and is judged anew', () => {
    tried(10, 'failed');
    clock.advance(5 * MINUTE_MS - 1);
    quality.sweep();
    expect(told).toHaveLength(1);
    clock.advance(1);
    quality.sweep();
    expect(told.at(-1)).toBeNull();
    expect(quality.figures('a').attempts).toBe(0);
    tried(9, 'failed');
    expect(told).toHaveLength(2);
  });

  it('that fails again and again is away twice as long each time, an hour at most', () => {
    const lengths = Array.from({ length: 6 }, () => {
      const atMs = clock.nowMs();
      tried(10, 'failed');
      const untilMs = told.at(-1)?.untilMs ?? 0;
      clock.advance(untilMs - atMs);
      quality.sweep();
      return (untilMs - atMs) / MINUTE_MS;
    });
    expect(lengths).toEqual([5, 10, 20, 40, 60, 60]);
    clock.advance(3 * 60 * MINUTE_MS);
    tried(10, 'failed');
    expect((told.at(-1)?.untilMs ?? 0) - clock.nowMs()).toBe(5 * MINUTE_MS);
  });

  it('is judged by its last quarter of an hour alone', () => {
    tried(9, 'failed');
    clock.advance(15 * MINUTE_MS);
    tried(1, 'failed');
    expect(told).toEqual([]);
    expect(quality.figures('a')).toMatchObject({ attempts: 1, failed: 1 });
  });

  it('of no interest any more is forgotten, and no longer behind', () => {
    tried(10, 'failed');
    quality.keepOnly((id) => id === 'a');
    expect(told).toHaveLength(1);
    quality.keepOnly(() => false);
    expect(told.at(-1)).toBeNull();
  });
});
