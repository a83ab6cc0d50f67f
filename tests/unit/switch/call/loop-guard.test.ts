import { expect, test } from 'vitest';
import { createRequest } from '@/lib/protocol/sip/build';
import { LINEAGE_HEADER, type Lineage, LoopGuard } from '@/lib/switch/call/loop-guard';

let tokens = 0;
function randomToken(): string {
  tokens += 1;
  return `token ${tokens}`;
}
const guard = new LoopGuard({ key: Buffer.alloc(32, 1), randomToken });

const number = (text: string) => ({ kind: 'number', number: text }) as const;

function inviteWith(value: string) {
  return createRequest({ method: 'INVITE', uri: 'sip:1@x', headers: { [LINEAGE_HEADER]: value } });
}

/** Sent out, and back in by a carrier. */
function comeBack(lineage: Lineage): Lineage {
  return guard.lineageOf(inviteWith(guard.write(lineage)));
}

function visited(lineage: Lineage, ...numbers: string[]): Lineage {
  return numbers.reduce((before, each) => {
    const after = guard.visit(before, number(each));
    if (!after) throw new Error(`${each} counts as a loop`);
    return after;
  }, lineage);
}

test('a call that comes back for the number that it left for is a loop, however it is written', () => {
  const back = comeBack(visited(guard.begin(), '+12025550199'));
  for (const form of ['+12025550199', '12025550199', '0012025550199', '2025550199']) {
    expect(guard.visit(back, number(form))).toBeUndefined();
  }
});

test('a call that comes back for another number is none: a mobile was forwarded to a desk', () => {
  const back = comeBack(visited(guard.begin(), '+12025550199'));
  const onward = guard.visit(back, number('+12125550199'));
  expect(onward?.id).toBe(back.id);
  expect(onward?.visited).toHaveLength(2);
});

test('a chain ends, whatever numbers it is made of', () => {
  let lineage = guard.begin();
  let hops = 0;
  for (; hops < 100; hops += 1) {
    const onward = guard.visit(lineage, number(`+1202555${String(hops).padStart(4, '0')}`));
    if (!onward) break;
    lineage = comeBack(onward);
  }
  expect(hops).toBe(6);
});

test('an extension of one tenant is not that of another', () => {
  const lineage = guard.begin();
  const extension = (tenantId: string) => ({ kind: 'extension', tenantId, number: '101' }) as const;
  const onward = guard.visit(lineage, extension('a'));
  expect(onward && guard.visit(onward, extension('b'))).toBeDefined();
  expect(onward && guard.visit(onward, extension('a'))).toBeUndefined();
});

test('two calls to the same number are two, and neither says what was dialled', () => {
  const one = guard.write(visited(guard.begin(), '+12025550199'));
  const other = guard.write(visited(guard.begin(), '+12025550199'));
  expect(one).not.toBe(other);
  expect(one.split('.')[1]).not.toBe(other.split('.')[1]);
  expect(one).toMatch(/^[\w.-]{1,100}$/);
});

test('a mark that is not ours, or not any more, begins a new call', () => {
  const ours = guard.write(visited(guard.begin(), '+12025550199', '+12025550198'));
  const stranger = new LoopGuard({ key: Buffer.alloc(32, 2), randomToken });
  const [id = '', seen = '', mac = ''] = ours.split('.');
  const forged = [
    '',
    'x',
    stranger.write(visited(guard.begin(), '+12025550199')),
    `${id}.${seen.slice(0, 8)}.${mac}`,
    `${id}.${seen}.${'A'.repeat(16)}`,
    `${id}.${seen}${seen}${seen}${seen}.${mac}`,
    `${id}.${seen}.${mac}${'A'.repeat(5000)}`,
  ];
  for (const value of forged) {
    expect(guard.lineageOf(inviteWith(value)).visited, value).toEqual([]);
  }
  expect(guard.lineageOf(inviteWith(ours)).visited).toHaveLength(2);
});
