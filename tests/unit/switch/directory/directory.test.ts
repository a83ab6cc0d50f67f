import { expect, test } from 'vitest';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import type { E164 } from '@/lib/core/phone-number';
import type {
  ConfigExtension,
  ConfigNumber,
  ConfigTenant,
} from '@/lib/services/configuration/types';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import { matchTrunk } from '@/lib/switch/trunks/match';
import { configTrunk as trunk } from '@/tests/unit/switch/trunks/config-trunk';

function tenant(id: string, domain: string): ConfigTenant {
  return {
    id,
    accountId: 'account',
    domain,
    status: 'active',
    country: 'US',
    allowedDestinations: ['1'],
    captureDays: null,
    announcesRefusals: false,
    hasHoldMusic: false,
    holdSoundId: null,
    limits: NO_LIMITS,
    generation: 1n,
  };
}

function extension(id: string, tenantId: string, changes: Partial<ConfigExtension> = {}) {
  return {
    id,
    tenantId,
    number: '101',
    name: 'Front desk',
    status: 'active',
    callerNumberId: null,
    mediaSecurity: 'auto',
    forwarding: {
      always: null,
      busy: null,
      noAnswer: null,
      unreachable: null,
      noAnswerSeconds: 20,
    },
    secretSealed: Buffer.from('sealed'),
    limits: NO_LIMITS,
    generation: 1n,
    ...changes,
  } satisfies ConfigExtension;
}

function number(id: string, e164: string, tenantId: string | null): ConfigNumber {
  return {
    id,
    e164: e164 as E164,
    inService: true,
    accountId: 'account',
    tenantId,
    extensionId: null,
    trunkId: null,
    generation: 1n,
  };
}

test('the same extension number in two tenants is two extensions', () => {
  const directory = new SwitchDirectory();
  directory.put({ kind: 'extension', record: extension('a', 'acme') });
  directory.put({ kind: 'extension', record: extension('b', 'birch') });
  expect(directory.extension('acme', '101')?.id).toBe('a');
  expect(directory.extension('birch', '101')?.id).toBe('b');
  directory.remove('extension', 'a');
  expect(directory.extension('acme', '101')).toBeUndefined();
  expect(directory.extension('birch', '101')?.id).toBe('b');
});

test('a renumbered extension is found under its new number alone', () => {
  const directory = new SwitchDirectory();
  directory.put({ kind: 'extension', record: extension('a', 'acme') });
  directory.put({ kind: 'extension', record: extension('a', 'acme', { number: '202' }) });
  expect(directory.extension('acme', '101')).toBeUndefined();
  expect(directory.extension('acme', '202')?.id).toBe('a');
});

test('a tenant shows its oldest number in service, and the next when that one goes', () => {
  const directory = new SwitchDirectory();
  directory.put({ kind: 'tenant', record: tenant('acme', 'acme.test') });
  directory.put({ kind: 'phone_number', record: number('2', '+12025550102', 'acme') });
  directory.put({ kind: 'phone_number', record: number('1', '+12025550101', 'acme') });
  expect(directory.tenantByDomain('acme.test')?.callerNumber).toBe('+12025550101');
  directory.remove('phone_number', '1');
  expect(directory.tenantById('acme')?.callerNumber).toBe('+12025550102');
});

test('an extension shows its own number, also when that arrives later', () => {
  const directory = new SwitchDirectory();
  const record = extension('a', 'acme', { callerNumberId: '1' });
  directory.put({ kind: 'extension', record });
  expect(directory.extensionById('a')?.callerNumber).toBeNull();
  directory.put({ kind: 'phone_number', record: number('1', '+12025550101', 'acme') });
  expect(directory.extensionById('a')?.callerNumber).toBe('+12025550101');
});

test('a tenant that changed its domain is not found under the old one', () => {
  const directory = new SwitchDirectory();
  directory.put({ kind: 'tenant', record: tenant('acme', 'old.test') });
  directory.put({ kind: 'tenant', record: tenant('acme', 'new.test') });
  expect(directory.tenantByDomain('old.test')).toBeUndefined();
  expect(directory.tenantByDomain('new.test')?.id).toBe('acme');
});

test('a trunk is matched by address, and by port and transport where it sets them', () => {
  const directory = new SwitchDirectory();
  directory.put({ kind: 'trunk', record: trunk('one', { port: 5090 }) });
  directory.put({ kind: 'trunk', record: trunk('two', { port: 5092, transport: 'udp' }) });
  const from = (port: number, transport = 'udp') =>
    matchTrunk(directory, { address: '192.0.2.1', port, transport })?.id;
  expect(from(5090)).toBe('one');
  expect(from(5092)).toBe('two');
  expect(from(5093)).toBeUndefined();
  expect(matchTrunk(directory, { address: '192.0.2.9', port: 5090, transport: 'udp' })).toBe(
    undefined,
  );
});

test('a suspended trunk matches nobody', () => {
  const directory = new SwitchDirectory();
  directory.put({ kind: 'trunk', record: trunk('one', { status: 'suspended' }) });
  expect(matchTrunk(directory, { address: '192.0.2.1', port: 5060, transport: 'udp' })).toBe(
    undefined,
  );
});
