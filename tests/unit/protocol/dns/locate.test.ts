import { expect, test } from 'vitest';
import { type LocateOptions, locate, type SipDestination } from '@/lib/protocol/dns/locate';
import { orderSrv } from '@/lib/protocol/dns/srv-order';
import type { SipTarget } from '@/lib/protocol/dns/types';
import { a, FakeZone, naptr, srv, type Zone } from './zone';

const ZONE: Zone = {
  'NAPTR full.test': [
    naptr(60, 'SIP+D2T', '_sip._tcp.full.test'),
    naptr(50, 'SIPS+D2T', '_sips._tcp.full.test'),
    naptr(90, 'SIP+D2U', '_sip._udp.full.test'),
    naptr(10, 'SIP+D2S', '_sip._sctp.full.test'),
    naptr(20, 'E2U+sip', ''),
  ],
  'SRV _sips._tcp.full.test': [srv([0, 0, 5071], 'tls.full.test')],
  'SRV _sip._tcp.full.test': [srv([0, 0, 5070], 'tcp.full.test.')],
  'SRV _sip._udp.full.test': [
    srv([20, 0, 5080], 'udp2.full.test'),
    srv([10, 0, 5080], 'udp1.full.test'),
  ],
  'A tls.full.test': [a('192.0.2.1')],
  'A tcp.full.test': [a('192.0.2.2')],
  'A udp1.full.test': [a('192.0.2.3'), a('192.0.2.4')],
  'A udp2.full.test': [a('192.0.2.5')],
  'A full.test': [a('192.0.2.99')],
  'AAAA full.test': [a('2001:DB8::99')],

  'SRV _sip._udp.srv.test': [srv([0, 0, 5062], 'host.srv.test')],
  'SRV _sips._tcp.srv.test': [srv([0, 0, 5063], 'host.srv.test')],
  'A host.srv.test': [a('192.0.2.10')],

  'A plain.test': [a('192.0.2.20')],
  'AAAA plain.test': [a('2001:db8::20')],

  'SRV _sip._udp.gone.test': [srv([0, 0, 0], '.')],
  'A gone.test': [a('192.0.2.30')],

  'NAPTR broken.test': new Error('SERVFAIL'),
  'A broken.test': [a('192.0.2.40')],
  'A dead.test': new Error('timeout'),
};

const at = (destination: Partial<SipDestination> & { host: string }): SipDestination => ({
  secure: false,
  port: null,
  transport: null,
  ...destination,
});

const find = async (
  destination: Partial<SipDestination> & { host: string },
  options: Partial<LocateOptions> = {},
) => {
  const found = await locate(at(destination), {
    dns: new FakeZone(ZONE),
    random: () => 0,
    transports: ['udp', 'tcp', 'tls'],
    families: [4],
    ...options,
  });
  return found.map(text);
};
const text = ({ transport, address, port }: SipTarget): string => `${transport} ${address} ${port}`;

test.each<[string, Partial<SipDestination> & { host: string }, string[]]>([
  ['an address is itself, by UDP', { host: '192.0.2.7' }, ['udp 192.0.2.7 5060']],
  [
    'an address with port and transport',
    { host: '192.0.2.7', port: 6000, transport: 'tcp' },
    ['tcp 192.0.2.7 6000'],
  ],
  ['a sips address is TLS', { host: '192.0.2.7', secure: true }, ['tls 192.0.2.7 5061']],
  ['a port skips NAPTR and SRV', { host: 'full.test', port: 5088 }, ['udp 192.0.2.99 5088']],
  [
    'a sips name with a port is TLS there',
    { host: 'full.test', port: 5088, secure: true },
    ['tls 192.0.2.99 5088'],
  ],
  ['a transport skips NAPTR', { host: 'full.test', transport: 'tcp' }, ['tcp 192.0.2.2 5070']],
  [
    'a name goes by NAPTR order, then SRV priority',
    { host: 'Full.Test.' },
    [
      'tls 192.0.2.1 5071',
      'tcp 192.0.2.2 5070',
      'udp 192.0.2.3 5080',
      'udp 192.0.2.4 5080',
      'udp 192.0.2.5 5080',
    ],
  ],
  [
    'sips takes the secure service alone',
    { host: 'full.test', secure: true },
    ['tls 192.0.2.1 5071'],
  ],
  [
    'without NAPTR by SRV of every transport',
    { host: 'srv.test' },
    ['udp 192.0.2.10 5062', 'tls 192.0.2.10 5063'],
  ],
  [
    'sips without NAPTR by the secure SRV',
    { host: 'srv.test', secure: true },
    ['tls 192.0.2.10 5063'],
  ],
  ['without SRV by address', { host: 'plain.test' }, ['udp 192.0.2.20 5060']],
  ['sips without SRV stays TLS', { host: 'plain.test', secure: true }, ['tls 192.0.2.20 5061']],
  [
    'a service said not to be there is not looked for elsewhere',
    { host: 'gone.test', transport: 'udp' },
    [],
  ],
  ['a failing NAPTR still leads by address', { host: 'broken.test' }, ['udp 192.0.2.40 5060']],
  ['nobody', { host: 'nowhere.test' }, []],
  ['sips over udp is a contradiction', { host: 'full.test', secure: true, transport: 'udp' }, []],
])('%s', async (_name, destination, expected) => {
  expect(await find(destination)).toEqual(expected);
});

test('sips never leads to anything but TLS, whatever the zone says', async () => {
  for (const host of ['full.test', 'srv.test', 'plain.test', 'gone.test', 'broken.test']) {
    for (const port of [null, 5070]) {
      const found = await find({ host, port, secure: true });
      expect(found.every((target) => target.startsWith('tls '))).toBe(true);
    }
  }
});

test('transports and families that we lack are not offered', async () => {
  expect(await find({ host: 'full.test' }, { transports: ['udp'] })).toEqual([
    'udp 192.0.2.3 5080',
    'udp 192.0.2.4 5080',
    'udp 192.0.2.5 5080',
  ]);
  expect(await find({ host: 'plain.test' }, { families: [6, 4] })).toEqual([
    'udp 2001:db8::20 5060',
    'udp 192.0.2.20 5060',
  ]);
  expect(await find({ host: '2001:db8::1' })).toEqual([]);
  expect(await find({ host: 'full.test', transport: 'tls' }, { transports: ['udp'] })).toEqual([]);
});

test('a failure is thrown only where nothing was found', async () => {
  await expect(find({ host: 'dead.test' })).rejects.toThrow('timeout');
});

test('a zone with a thousand records yields a dozen targets', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => srv([0, 1, 5060], `h${index}.big.test`));
  const records: Record<string, Zone[string]> = { 'SRV _sip._udp.big.test': many };
  for (let index = 0; index < 1_000; index += 1) {
    records[`A h${index}.big.test`] = [a(`198.51.100.${index % 250}`)];
  }
  const zone = new FakeZone(records);
  expect(await find({ host: 'big.test', transport: 'udp' }, { dns: zone })).toHaveLength(12);
  expect(zone.asked.length).toBeLessThan(20);
});

test('weights are shares of the draws, priorities come first', () => {
  const records = [
    srv([1, 75, 1], 'heavy'),
    srv([1, 25, 1], 'light'),
    srv([1, 0, 1], 'zero'),
    srv([0, 0, 1], 'first'),
  ];
  let step = 0;
  const firsts = new Map<string, number>();
  for (let draw = 0; draw < 1_000; draw += 1) {
    const order = orderSrv(records, () => {
      step = (step + 0.618_033_988_75) % 1;
      return step;
    });
    expect(order).toHaveLength(4);
    expect(order[0]?.target).toBe('first');
    const second = order[1]?.target ?? '';
    firsts.set(second, (firsts.get(second) ?? 0) + 1);
  }
  expect(firsts.get('heavy')).toBeGreaterThan(650);
  expect(firsts.get('light')).toBeGreaterThan(180);
  expect(firsts.get('zero') ?? 0).toBeLessThan(40);
});
