import { expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { CachedDns } from '@/lib/protocol/dns/cache';
import { TARGET_AVOIDED_MS, TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { SipTarget } from '@/lib/protocol/dns/types';
import { a, FakeZone } from './zone';

test('an answer is asked for once in its time to live, by however many at once', async () => {
  const clock = new ManualClock();
  const zone = new FakeZone({ 'A one.test': [a('192.0.2.1')] });
  const dns = new CachedDns(zone, clock);
  await Promise.all([1, 2, 3].map(() => dns.query('A', 'one.test')));
  clock.advance(299_000);
  expect((await dns.query('A', 'one.test')).records).toEqual([a('192.0.2.1')]);
  expect(zone.asked).toHaveLength(1);
  clock.advance(2_000);
  await dns.query('A', 'one.test');
  expect(zone.asked).toHaveLength(2);
});

test('that there is none is known for half a minute', async () => {
  const clock = new ManualClock();
  const zone = new FakeZone({});
  const dns = new CachedDns(zone, clock);
  await dns.query('SRV', 'none.test');
  clock.advance(29_000);
  await dns.query('SRV', 'none.test');
  expect(zone.asked).toHaveLength(1);
  clock.advance(2_000);
  await dns.query('SRV', 'none.test');
  expect(zone.asked).toHaveLength(2);
});

test('while name servers fail the old answer serves, and they are not hammered', async () => {
  const clock = new ManualClock();
  const zone = new FakeZone({ 'A one.test': [a('192.0.2.1')] });
  const dns = new CachedDns(zone, clock);
  await dns.query('A', 'one.test');
  clock.advance(301_000);
  zone.records = { 'A one.test': new Error('SERVFAIL'), 'A two.test': new Error('SERVFAIL') };
  expect((await dns.query('A', 'one.test')).records).toEqual([a('192.0.2.1')]);
  expect((await dns.query('A', 'one.test')).records).toEqual([a('192.0.2.1')]);
  expect(zone.asked).toHaveLength(2);
  await expect(dns.query('A', 'two.test')).rejects.toThrow('SERVFAIL');
  await expect(dns.query('A', 'two.test')).rejects.toThrow('SERVFAIL');
  expect(zone.asked).toHaveLength(3);
  clock.advance(25 * 3_600_000);
  await expect(dns.query('A', 'one.test')).rejects.toThrow('SERVFAIL');
});

test('a time to live of a year is an hour, the cache never grows past its bound', async () => {
  const clock = new ManualClock();
  const zone = new FakeZone({ 'A one.test': [a('192.0.2.1')] });
  zone.ttlSeconds = 31_536_000;
  const dns = new CachedDns(zone, clock);
  await dns.query('A', 'one.test');
  clock.advance(3_601_000);
  await dns.query('A', 'one.test');
  expect(zone.asked).toHaveLength(2);
  for (let index = 0; index < 5_000; index += 1) await dns.query('A', `n${index}.test`);
  expect(dns.size).toBe(4_096);
});

const target = (address: string): SipTarget => ({ transport: 'udp', address, port: 5060 });

test('a target that failed comes last until its time is over or it works', () => {
  const clock = new ManualClock();
  const memory = new TargetMemory(clock);
  const [one, two, three] = [target('192.0.2.1'), target('192.0.2.2'), target('192.0.2.3')];
  const all = [one, two, three];
  memory.failed(one);
  expect(memory.arrange(all)).toEqual([two, three, one]);
  memory.failed(two, 1_000);
  expect(memory.arrange(all)).toEqual([three, one, two]);
  clock.advance(1_001);
  expect(memory.arrange(all)).toEqual([two, three, one]);
  memory.worked(one);
  expect(memory.arrange(all)).toEqual(all);
  memory.failed(one);
  clock.advance(TARGET_AVOIDED_MS + 1);
  expect(memory.arrange(all)).toEqual(all);
});

test('with every target avoided all are still tried', () => {
  const memory = new TargetMemory(new ManualClock());
  const all = [target('192.0.2.1'), target('192.0.2.2')];
  for (const each of all) memory.failed(each, Number.MAX_SAFE_INTEGER);
  expect(memory.arrange(all)).toEqual(all);
});
