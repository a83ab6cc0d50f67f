import { expect, it } from 'vitest';
import type { Flow } from '@/lib/protocol/sip/transport';
import { asSips, contactOn, listenOn, ownHosts } from '@/lib/switch/addresses';

const ENV = {
  bindAddress: '192.0.2.1',
  sipBindAddresses: ['192.0.2.1', '2001:db8::1'],
  publicAddress: '198.51.100.1',
  publicAddressIpv6: '2001:db8::1',
  sipPort: 5060,
  sipTlsPort: 5061,
  sipWsPort: 5066,
  sipWssPort: 7443,
};

const flowFrom = (address: string, transport: Flow['transport'] = 'udp'): Flow => ({
  transport,
  local: { address: 'here', port: 5060 },
  remote: { address, port: 5060 },
});

it('peers are told an address of their own family', () => {
  expect(contactOn(ENV, flowFrom('203.0.113.9'))).toBe('<sip:198.51.100.1:5060>');
  expect(contactOn(ENV, flowFrom('2001:db8::9'))).toBe('<sip:[2001:db8::1]:5060>');
  expect(contactOn(ENV, flowFrom('2001:db8::9', 'tls'))).toBe(
    '<sip:[2001:db8::1]:5061;transport=tls>',
  );
});

it('a dialog begun by a SIPS URI is told of one', () => {
  const told = (transport: Flow['transport']) =>
    asSips(contactOn(ENV, flowFrom('203.0.113.9', transport)));
  expect(told('tls')).toBe('<sips:198.51.100.1:5061>');
  expect(told('wss')).toBe('<sips:198.51.100.1:7443;transport=ws>');
});

it('every transport is taken at every address', () => {
  expect(listenOn(ENV).udp).toEqual([
    { host: '192.0.2.1', port: 5060 },
    { host: '2001:db8::1', port: 5060 },
  ]);
  expect(listenOn(ENV).wss).toHaveLength(2);
});

it('a URI names us by any of our addresses', () => {
  const hosts = ownHosts(ENV);
  for (const host of ['198.51.100.1', '192.0.2.1', '[2001:db8::1]'])
    expect(hosts.has(host)).toBe(true);
  expect(hosts.has('2001:db8::1')).toBe(false);
});
