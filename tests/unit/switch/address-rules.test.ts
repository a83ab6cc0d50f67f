import { expect, it } from 'vitest';
import type { Cidr } from '@/lib/core/cidr';
import { ManualClock } from '@/lib/core/clock';
import { silentLogger } from '@/lib/infra/log';
import type { BanBatch } from '@/lib/services/bans/types';
import type { ConfigAddressRule } from '@/lib/services/configuration/types';
import { AddressRuleKeeper } from '@/lib/switch/address-rules';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import { type BanList, createBanList } from '@/lib/switch/edge/ban-list';
import { isDenied, SourceBook } from '@/lib/switch/edge/source';
import { configTrunk } from './trunks/config-trunk';

const GUESS = { name: '101@acme.test', isHome: false };

function setUp() {
  const clock = new ManualClock();
  const sources = new SourceBook([]);
  let made = 0;
  const bans: BanList = createBanList({
    sources,
    clock,
    maxSources: 100,
    newId: () => {
      made += 1;
      return `ban-${made}`;
    },
    onBan: () => {},
  });
  const directory = new SwitchDirectory();
  const written: BanBatch[] = [];
  const state = { isDatabaseDown: false };
  const registrars: string[] = [];
  const keeper = new AddressRuleKeeper({
    directory,
    edge: { bans, setRules: (rules) => void sources.setRules(rules) },
    log: silentLogger,
    registrarAddresses: () => registrars,
    write: async (batch) => {
      if (state.isDatabaseDown) throw new Error('away');
      written.push(batch);
    },
  });
  const put = (
    rule: Omit<Partial<ConfigAddressRule>, 'cidr'> & { id: string; cidr: string },
  ): void => {
    directory.put({
      kind: 'address_rule',
      record: {
        action: 'ban',
        origin: 'person',
        reason: 'by hand',
        detail: '',
        level: 0,
        attempts: 0,
        sinceMs: clock.nowMs(),
        untilMs: null,
        generation: 1n,
        ...rule,
        cidr: rule.cidr as Cidr,
      },
    });
    keeper.apply();
  };
  const remove = (id: string): void => {
    directory.remove('address_rule', id);
    keeper.apply();
  };
  const isShutOut = (address: string): boolean => {
    const source = sources.of(address);
    if (source.isExempt) return false;
    return isDenied(source, clock.nowMs()) || bans.banOf(source.key) !== undefined;
  };
  const fail = (address: string, times: number): void => {
    for (let n = 0; n < times; n += 1) bans.recordFailure(address, GUESS);
  };
  return {
    clock,
    bans,
    directory,
    registrars,
    keeper,
    put,
    remove,
    isShutOut,
    fail,
    written,
    state,
  };
}

it("people's rules take effect and end with their removal", () => {
  const { put, remove, isShutOut } = setUp();
  put({ id: 'rule', cidr: '198.51.100.0/24' });
  expect([isShutOut('198.51.100.7'), isShutOut('198.51.101.7')]).toEqual([true, false]);
  put({ id: 'exception', cidr: '198.51.100.7/32', action: 'allow' });
  expect([isShutOut('198.51.100.7'), isShutOut('198.51.100.8')]).toEqual([false, true]);
  remove('exception');
  expect(isShutOut('198.51.100.7')).toBe(true);
  remove('rule');
  expect(isShutOut('198.51.100.8')).toBe(false);
});

it('an allowed address is let in although it is banned, and never banned again', () => {
  const { put, isShutOut, fail } = setUp();
  fail('192.0.2.1', 9);
  expect(isShutOut('192.0.2.1')).toBe(true);
  put({ id: 'exception', cidr: '192.0.2.0/24', action: 'allow' });
  expect(isShutOut('192.0.2.1')).toBe(false);
  fail('192.0.2.2', 50);
  expect(isShutOut('192.0.2.2')).toBe(false);
});

it('a trunk in service is never banned: by its address or range, or where its registrar is', () => {
  const { directory, registrars, keeper, isShutOut, fail, put } = setUp();
  const trunk = (id: string, changes: Parameters<typeof configTrunk>[1]): void =>
    directory.put({ kind: 'trunk', record: configTrunk(id, changes) });
  trunk('single', { address: '192.0.2.1' });
  trunk('range', { address: '198.51.100.0/24' });
  trunk('suspended', { address: '192.0.2.9', status: 'suspended' });
  trunk('registers', { kind: 'registration', address: null, host: 'carrier.test' });
  registrars.push('203.0.113.5', '2001:db8::5');
  keeper.apply();
  const carriers = ['192.0.2.1', '198.51.100.77', '203.0.113.5', '2001:db8::5'];
  const others = ['192.0.2.9', '203.0.113.6'];
  for (const address of [...carriers, ...others]) fail(address, 9);
  put({ id: 'wide', cidr: '203.0.113.0/24' });
  expect(carriers.map(isShutOut)).toEqual([false, false, false, false]);
  expect(others.map(isShutOut)).toEqual([true, true]);
  // The name leads elsewhere now.
  registrars.splice(0, 2, '203.0.113.6');
  keeper.apply();
  expect(isShutOut('203.0.113.6')).toBe(false);
  expect(isShutOut('203.0.113.5')).toBe(true);
});

it("a ban of the switch's own is written, comes back, and is lifted by its removal", async () => {
  const { keeper, put, remove, isShutOut, fail, written, clock } = setUp();
  fail('192.0.2.1', 9);
  await keeper.flush();
  expect(written).toMatchObject([{ made: [{ id: 'ban-1', source: '192.0.2.1' }] }]);
  // A round of configuration that does not know it yet takes nothing back.
  keeper.apply();
  expect(isShutOut('192.0.2.1')).toBe(true);
  put({
    id: 'ban-1',
    cidr: '192.0.2.1/32',
    origin: 'switch',
    reason: 'wrong_secret',
    level: 1,
    untilMs: clock.nowMs() + 300_000,
  });
  expect(isShutOut('192.0.2.1')).toBe(true);
  remove('ban-1');
  expect(isShutOut('192.0.2.1')).toBe(false);
  await keeper.flush();
  expect(written).toHaveLength(1);
});

it('a ban of an earlier life is in force after a restart, an IPv6 network as a whole', () => {
  const { put, isShutOut, clock, bans } = setUp();
  put({
    id: 'old',
    cidr: '2001:db8:0:1::/64',
    origin: 'switch',
    reason: 'name_guessed',
    level: 3,
    untilMs: clock.nowMs() + 60_000,
  });
  expect(isShutOut('2001:db8:0:1::77')).toBe(true);
  expect(isShutOut('2001:db8:0:2::77')).toBe(false);
  expect(bans.list()).toMatchObject([{ id: 'old', level: 3 }]);
});

it('what can not be written is written later, counts added up', async () => {
  const { keeper, bans, fail, written, state } = setUp();
  state.isDatabaseDown = true;
  fail('192.0.2.1', 9);
  bans.recordDrop('ban-1');
  await keeper.flush();
  bans.recordDrop('ban-1');
  await keeper.flush();
  state.isDatabaseDown = false;
  await keeper.flush();
  expect(written).toHaveLength(1);
  expect(written[0]?.made).toHaveLength(1);
  expect(written[0]?.attempts).toEqual(new Map([['ban-1', 2]]));
});
