import { expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { TrunkTargets } from '@/lib/switch/trunks/targets';
import { a, FakeZone, srv } from '@/tests/unit/protocol/dns/zone';
import { configTrunk } from './config-trunk';

const zone = new FakeZone({
  'SRV _sip._udp.carrier.test': [
    srv([1, 0, 5070], 'a.carrier.test'),
    srv([2, 0, 5070], 'b.carrier.test'),
  ],
  'SRV _sips._tcp.carrier.test': [srv([1, 0, 5071], 'a.carrier.test')],
  'A a.carrier.test': [a('192.0.2.1')],
  'A b.carrier.test': [a('192.0.2.2')],
  'A proxy.test': [a('192.0.2.9')],
  'A carrier.test': [a('192.0.2.3')],
});

function setUp() {
  const clock = new ManualClock();
  const targets = new TrunkTargets({
    dns: zone,
    random: () => 0,
    memory: new TargetMemory(clock),
    transports: ['udp', 'tcp', 'tls'],
    families: [4],
    flowTo: (target): Flow => ({ local: { address: '192.0.2.100', port: 5060 }, ...target }),
  });
  const of = async (changes: Partial<ConfigTrunk>, bytes = 500) =>
    (await targets.of(configTrunk('t', { address: null, ...changes }), bytes)).map(
      ({ transport, address, port, flow }) =>
        `${transport} ${address}:${port}${flow.peerName ? ` as ${flow.peerName}` : ''}`,
    );
  return { clock, targets, of };
}

test.each<[string, Partial<ConfigTrunk>, string[]]>([
  ['an address', { address: '192.0.2.7' }, ['udp 192.0.2.7:5060']],
  [
    'an address with a port',
    { address: '192.0.2.7', port: 5090, transport: 'udp' },
    ['udp 192.0.2.7:5090'],
  ],
  [
    'a name',
    { host: 'carrier.test', transport: 'udp' },
    ['udp 192.0.2.1:5070', 'udp 192.0.2.2:5070'],
  ],
  ['a name with a port', { host: 'carrier.test', port: 5080 }, ['udp 192.0.2.3:5080']],
  [
    'a name beside the addresses it is matched by',
    { host: 'carrier.test', port: 5080, address: '192.0.2.0/24' },
    ['udp 192.0.2.3:5080'],
  ],
  ['a proxy', { host: 'carrier.test', proxy: 'proxy.test:5099' }, ['udp 192.0.2.9:5099']],
  [
    'TLS, by the name that was configured, not the one of SRV',
    { host: 'carrier.test', transport: 'tls' },
    ['tls 192.0.2.1:5071 as carrier.test'],
  ],
  [
    'TLS with a name of its own',
    { host: 'carrier.test', transport: 'tls', tlsName: 'other.test' },
    ['tls 192.0.2.1:5071 as other.test'],
  ],
  [
    'TLS by address',
    { address: '192.0.2.7', transport: 'tls' },
    ['tls 192.0.2.7:5061 as 192.0.2.7'],
  ],
  ['a range has no place to be called at', { address: '192.0.2.0/24' }, []],
])('%s', async (_name, trunk, expected) => {
  expect(await setUp().of(trunk)).toEqual(expected);
});

test('a large request goes by TCP first, unless UDP was asked for or TCP failed lately', async () => {
  const { clock, targets, of } = setUp();
  const large = 1_400;
  expect(await of({ address: '192.0.2.7' }, large)).toEqual([
    'tcp 192.0.2.7:5060',
    'udp 192.0.2.7:5060',
  ]);
  expect(await of({ address: '192.0.2.7' }, 1_300)).toEqual(['udp 192.0.2.7:5060']);
  expect(await of({ address: '192.0.2.7', transport: 'udp' }, large)).toEqual([
    'udp 192.0.2.7:5060',
  ]);
  const [tcp] = await targets.of(configTrunk('t', { address: '192.0.2.7' }), large);
  if (tcp) targets.failed(tcp);
  expect(await of({ address: '192.0.2.7' }, large)).toEqual(['udp 192.0.2.7:5060']);
  clock.advance(15 * 60_000 + 1);
  expect(await of({ address: '192.0.2.7' }, large)).toHaveLength(2);
});

test('a place that failed comes last for the next request', async () => {
  const { targets, of } = setUp();
  const trunk = { host: 'carrier.test', transport: 'udp' } as const;
  const [first] = await targets.of(configTrunk('t', { address: null, ...trunk }), 500);
  if (first) targets.failed(first);
  expect(await of(trunk)).toEqual(['udp 192.0.2.2:5070', 'udp 192.0.2.1:5070']);
  if (first) targets.worked(first);
  expect(await of(trunk)).toEqual(['udp 192.0.2.1:5070', 'udp 192.0.2.2:5070']);
});
