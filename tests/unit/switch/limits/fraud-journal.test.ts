import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { classify } from '@/lib/core/destinations/classify';
import type { FraudFlag, FraudProfile } from '@/lib/core/fraud/profile';
import { silentLogger } from '@/lib/infra/log';
import type { CallResult } from '@/lib/services/charging/types';
import type { FraudBatch } from '@/lib/services/fraud/types';
import { FraudJournal } from '@/lib/switch/limits/fraud-journal';
import { chainOf, holdOf, rateOf, resultOf, sampleCall } from '@/tests/support/money-world';

const FLAG: FraudFlag = {
  profileAccountId: 'reseller',
  rule: 'velocity_calls',
  isShadow: false,
  blocks: true,
  class: 'premium',
  country: 'LV',
  prefix: '3719012',
};

let written: FraudBatch[];
let blocked: string[];
let isAway: boolean;
let profile: Partial<FraudProfile> | undefined;
let journal: FraudJournal;
beforeEach(() => {
  written = [];
  blocked = [];
  isAway = false;
  profile = undefined;
  journal = new FraudJournal({
    clock: new ManualClock(),
    log: silentLogger,
    rules: {
      profileOf: () => profile as FraudProfile | undefined,
      classOf: (digits) => classify(digits),
      block: (kind, id) => blocked.push(`${kind} ${id}`),
    },
    write: async (batch) => {
      if (isAway) throw new Error('the database is away');
      written.push(batch);
    },
  });
});

function call(flags: readonly FraudFlag[], fromExtensionId: string | null = 'e101') {
  const buyer = { id: 'acme', parentId: 'reseller', path: '', walletId: '', currency: 'USD' };
  const sample = sampleCall(chainOf([{ buyer, rate: rateOf('0.6000 1/1') }]), null);
  return { ...sample, facts: { ...sample.facts, fromExtensionId, tenantId: 't', flags } };
}
function refusedResult(sample: ReturnType<typeof call>): CallResult {
  const refusal = { code: 'LIMIT_VELOCITY', hopAccountId: 'reseller', text: 'x' } as const;
  return { ...resultOf(sample, 0), facts: sample.facts, refusal };
}

test('a refusal that blocks is in force at once, and written once', async () => {
  const sample = call([FLAG]);
  journal.ended(refusedResult(sample));
  expect(blocked).toEqual(['extension e101']);
  await journal.flush();
  await journal.flush();
  expect(written).toHaveLength(1);
  expect(written[0]?.events).toMatchObject([
    {
      ...{ profileAccountId: 'reseller', callerAccountId: 'acme', extensionId: 'e101' },
      ...{ callId: sample.callId, rule: 'velocity_calls', isShadow: false, prefix: '3719012' },
    },
  ]);
  expect(written[0]?.blocks).toMatchObject([
    { accountId: 'acme', subject: 'extension', subjectId: 'e101', rule: 'velocity_calls' },
  ]);
});

test('of a PBX the account is blocked: it has no extension', () => {
  journal.ended(refusedResult(call([FLAG], null)));
  expect(blocked).toEqual(['account acme']);
});

test('a call that goes on is written down with what shadow mode found, and nobody is blocked', async () => {
  const sample = call([{ ...FLAG, isShadow: true, blocks: false }]);
  journal.held(holdOf(sample));
  journal.ended({ ...resultOf(sample, 60), facts: sample.facts });
  await journal.flush();
  expect(written[0]?.events.map(({ isShadow }) => isShadow)).toEqual([true]);
  expect([written[0]?.blocks, blocked]).toEqual([[], []]);
});

test('what can’t be written is kept and written when the database is back', async () => {
  isAway = true;
  journal.ended(refusedResult(call([FLAG])));
  await expect(journal.flush()).rejects.toThrow('away');
  isAway = false;
  await journal.flush();
  expect([written[0]?.events.length, written[0]?.blocks.length]).toEqual([1, 1]);
  expect(journal.waiting).toBe(0);
});

test('an attack does not fill the memory with its own record', () => {
  const result = refusedResult(call([{ ...FLAG, blocks: false }]));
  for (let index = 0; index < 10_100; index += 1) journal.ended(result);
  expect(journal.waiting).toBe(10_000);
});

test('a call that was as long as a profile lets it be is written down', async () => {
  const sample = call([]);
  profile = { mode: 'shadow', longCallSeconds: 3_600 };
  journal.ended({ ...resultOf(sample, 3_599), facts: sample.facts });
  journal.ended({ ...resultOf(sample, 3_600), facts: sample.facts });
  await journal.flush();
  expect(written[0]?.events).toMatchObject([
    { rule: 'long_call', isShadow: true, country: 'GB', class: 'fixed' },
  ]);
});

test('a call that was cut for what it spent is written down, and its caller blocked', () => {
  profile = { mode: 'enforce', blocksByItself: true };
  const { callId, facts } = call([]);
  journal.cut(callId, facts, { rule: 'daily_spend', profileAccountId: 'reseller' });
  expect(blocked).toEqual([]);
  journal.cut(callId, facts, { rule: 'velocity_spend', profileAccountId: 'reseller' });
  expect(blocked).toEqual(['extension e101']);
});
