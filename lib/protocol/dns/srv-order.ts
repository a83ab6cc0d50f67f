import type { SrvRecord } from './types';

/**
 * SRV records in the order in which they are to be tried (RFC 2782): lowest priority first; within
 * one priority by lot, a record's weight being its share of the draws. `random` is in [0, 1).
 */
export function orderSrv(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map((record) => record.priority))].sort(
    (one, other) => one - other,
  );
  return priorities.flatMap((priority) =>
    drawByWeight(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function drawByWeight(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // Those without weight stand first, so that they have a very small chance (RFC 2782, "Weight").
  const left = [...records].sort((one, other) => Math.sign(one.weight) - Math.sign(other.weight));
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, record) => sum + record.weight, 0);
    const mark = Math.floor(random() * (total + 1));
    let running = 0;
    const found = left.findIndex((record) => {
      running += record.weight;
      return running >= mark;
    });
    drawn.push(...left.splice(Math.max(found, 0), 1));
  }
  return drawn;
}
