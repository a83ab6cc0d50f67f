import type { AnsweredCache } from './answered-cache';
import type { EarlyAnswers } from './transaction';
import type { MutableCounters } from './transaction-host';

/** Early answers that share a layer's kept answers and its figures. */
export function earlyAnswers(answered: AnsweredCache, counts: MutableCounters): EarlyAnswers {
  const count = (): void => {
    counts.received += 1;
    counts.sent += 1;
  };
  return {
    repeated(key) {
      const answer = answered.getAt(key);
      if (answer === undefined || answer.length === 0) return undefined;
      count();
      counts.retransmitsReceived += 1;
      counts.retransmitsSent += 1;
      return answer;
    },
    count,
    keep: (key, answer) => answered.setAt(key, answer),
  };
}
