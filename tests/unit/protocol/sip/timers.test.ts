import { describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { TimerWheel } from '@/lib/protocol/sip/timers';
import { seeded } from './virtual-network';

function wheelOf() {
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const wheel = new TimerWheel({
    monotonicMs: () => clock.monotonicMs(),
    onError: (error) => errors.push(error),
  });
  const advance = (byMs: number) => {
    clock.advance(byMs);
    wheel.advance();
  };
  return { clock, wheel, errors, advance };
}

describe('the timer wheel', () => {
  it('never fires early, nor more than two ticks late, whatever the delay', () => {
    const { clock, wheel, advance } = wheelOf();
    const random = seeded(3);
    const lateMs: number[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      const delayMs = random() * 200_000;
      const dueMs = clock.monotonicMs() + delayMs;
      wheel.after(delayMs, () => lateMs.push(clock.monotonicMs() - dueMs));
      advance(random() * 7);
    }
    for (let n = 0; n < 220_000; n += 5) advance(5);
    expect(lateMs).toHaveLength(2_000);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateMs)).toBeLessThanOrEqual(25);
    expect(wheel.size).toBe(0);
  });

  it('fires what fell due while the loop was busy, in order', () => {
    const { wheel, advance } = wheelOf();
    const fired: number[] = [];
    for (const delayMs of [300, 100, 200, 50_000]) {
      wheel.after(delayMs, () => fired.push(delayMs));
    }
    advance(60_000);
    expect(fired).toEqual([100, 200, 300, 50_000]);
  });

  it('never fires a cancelled timer, also when its neighbour cancels it', () => {
    const { wheel, advance } = wheelOf();
    const fired: string[] = [];
    const first = wheel.after(100, () => {
      fired.push('first');
      second.cancel();
    });
    const second = wheel.after(100, () => fired.push('second'));
    const third = wheel.after(100, () => fired.push('third'));
    third.cancel();
    third.cancel();
    advance(1_000);
    expect(fired).toEqual(['first']);
    first.cancel();
    expect(wheel.size).toBe(0);
  });

  it('goes on when a callback throws', () => {
    const { wheel, errors, advance } = wheelOf();
    let fired = 0;
    wheel.after(10, () => {
      throw new Error('a defect');
    });
    wheel.after(10, () => {
      fired += 1;
    });
    advance(100);
    expect([fired, errors.length]).toEqual([1, 1]);
  });
});
