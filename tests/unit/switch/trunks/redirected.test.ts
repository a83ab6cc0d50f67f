import { expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { TrunkRoutes } from '@/lib/switch/trunks/routes';
import { TrunkTargets } from '@/lib/switch/trunks/targets';
import { a, FakeZone, srv } from '@/tests/unit/protocol/dns/zone';
import { configTrunk } from './config-trunk';

const NUMBER = '+442079460018';

const zone = new FakeZone({
  'SRV _sip._udp.carrier.test': [
    srv([1, 0, 5070], 'a.carrier.test'),
    srv([2, 0, 5070], 'b.carrier.test'),
  ],
  'A a.carrier.test': [a('192.0.2.1')],
  'A b.carrier.test': [a('192.0.2.2')],
  'A carrier.test': [a('192.0.2.3')],
  'A evil.test': [a('198.51.100.7')],
  'A proxy.test': [a('192.0.2.9')],
});

const BY_NAME: Partial<ConfigTrunk> = { address: null, host: 'carrier.test', transport: 'udp' };
const BY_RANGE: Partial<ConfigTrunk> = { address: '192.0.2.0/28' };

async function redirected(changes: Partial<ConfigTrunk>, contact: string) {
  const targets = new TrunkTargets({
    dns: zone,
    random: () => 0,
    memory: new TargetMemory(new ManualClock()),
    transports: ['udp', 'tcp', 'tls'],
    families: [4],
    flowTo: (target): Flow => ({ local: { address: '192.0.2.100', port: 5060 }, ...target }),
  });
  const routes = new TrunkRoutes({
    targets,
    trunks: { answersOf: () => undefined, isOf: () => false },
    pbx: { targets: () => [] },
  });
  const route = await routes.redirected(configTrunk('t', changes), NUMBER, contact);
  if (!route) return undefined;
  const { transport, address, port } = route.target;
  return `${transport} ${address}:${port} ${route.uri}`;
}

test.each<[string, Partial<ConfigTrunk>, { contact: string; way: string }]>([
  [
    'another address of its name',
    BY_NAME,
    {
      contact: `<sip:${NUMBER}@192.0.2.2:5080>`,
      way: `udp 192.0.2.2:5080 sip:${NUMBER}@192.0.2.2:5080`,
    },
  ],
  [
    'one of its servers by name',
    BY_NAME,
    {
      contact: `<sip:${NUMBER}@b.carrier.test:5090>`,
      way: `udp 192.0.2.2:5090 sip:${NUMBER}@b.carrier.test:5090`,
    },
  ],
  [
    'an address of the range that it is matched by',
    BY_RANGE,
    {
      contact: `"Other" <sip:${NUMBER}@192.0.2.14>;q=0.5`,
      way: `udp 192.0.2.14:5060 sip:${NUMBER}@192.0.2.14`,
    },
  ],
  [
    'the same number, ported',
    BY_NAME,
    {
      contact: `<sip:${NUMBER};rn=+442079469999;npdi@192.0.2.2>`,
      way: `udp 192.0.2.2:5060 sip:${NUMBER};rn=+442079469999;npdi@192.0.2.2`,
    },
  ],
  [
    'the same number, written without its plus',
    { ...BY_NAME, numbersOut: { format: 'e164', country: 'US', strip: 0, prepend: '' } },
    {
      contact: '<sip:442079460018@192.0.2.2>',
      way: 'udp 192.0.2.2:5060 sip:442079460018@192.0.2.2',
    },
  ],
  [
    'TCP, where nobody insisted on UDP',
    { address: '192.0.2.7' },
    {
      contact: `<sip:${NUMBER}@192.0.2.7;transport=tcp>`,
      way: `tcp 192.0.2.7:5060 sip:${NUMBER}@192.0.2.7;transport=tcp`,
    },
  ],
  [
    'TLS by TLS, though it forgets to say so',
    { address: '192.0.2.7', transport: 'tls' },
    {
      contact: `<sip:${NUMBER}@192.0.2.7>`,
      way: `tls 192.0.2.7:5061 sip:${NUMBER}@192.0.2.7;transport=tls`,
    },
  ],
])('a redirect to %s is followed', async (_what, changes, { contact, way }) => {
  expect(await redirected(changes, contact)).toBe(way);
});

test.each<[string, Partial<ConfigTrunk>, string]>([
  ['a stranger by address', BY_NAME, `<sip:${NUMBER}@198.51.100.7>`],
  ['a stranger by name', BY_NAME, `<sip:${NUMBER}@evil.test>`],
  ['another address than the one it has', { address: '192.0.2.7' }, `<sip:${NUMBER}@192.0.2.8>`],
  ['another number', BY_NAME, '<sip:+882123456789@192.0.2.2>'],
  ['another number behind ours', BY_NAME, `<sip:${NUMBER}9@192.0.2.2>`],
  ['a transport that is not its own', BY_NAME, `<sip:${NUMBER}@192.0.2.2;transport=tcp>`],
  ['no such transport', BY_NAME, `<sip:${NUMBER}@192.0.2.2;transport=sctp>`],
  [
    'less than TLS',
    { address: '192.0.2.7', transport: 'tls' },
    `<sip:${NUMBER}@192.0.2.7;transport=udp>`,
  ],
  ['a telephone number without a place', BY_NAME, `<tel:${NUMBER}>`],
  ['what is no address', BY_NAME, 'nonsense'],
])('a redirect to %s is not followed', async (_what, changes, contact) => {
  expect(await redirected(changes, contact)).toBeUndefined();
});
