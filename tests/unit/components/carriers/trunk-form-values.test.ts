import { expect, test } from 'vitest';
import {
  bracketAddress,
  trunkFormOf,
  trunkFormSchema,
  trunkInputOf,
} from '@/components/carriers/trunk-form-values';
import { createTrunkSchema } from '@/lib/services/trunks/schemas';

const CARRIER = '01a1fc36-089f-74b5-b264-e02f65820610';
const FORM = { ...trunkFormOf(null, CARRIER), name: 'meridian', address: '192.0.2.1' };

test('what the form lets through, the API takes', () => {
  expect(trunkFormSchema.safeParse(FORM).success).toBe(true);
  expect(createTrunkSchema.safeParse(trunkInputOf(FORM)).success).toBe(true);
});

test('by what a trunk is told who calls is kept as it is, and is P-Asserted-Identity at first', () => {
  expect(trunkInputOf(FORM).identityHeader).toBe('pai');
  const input = trunkInputOf({ ...FORM, identityHeader: 'rpid' });
  expect(createTrunkSchema.parse(input).identityHeader).toBe('rpid');
  const other = { ...FORM, identityHeader: 'x-caller' };
  expect(trunkFormSchema.safeParse(other).success).toBe(false);
});

test('an empty port and any transport are sent as none', () => {
  expect(trunkInputOf({ ...FORM, port: '', transport: 'any' })).toMatchObject({
    port: null,
    transport: null,
  });
  expect(trunkInputOf({ ...FORM, port: '5090' }).port).toBe(5090);
});

test('a port that is none, and a name in place of an address, are refused', () => {
  expect(trunkFormSchema.safeParse({ ...FORM, port: '70000' }).success).toBe(false);
  expect(trunkFormSchema.safeParse({ ...FORM, port: '50 60' }).success).toBe(false);
  expect(trunkFormSchema.safeParse({ ...FORM, address: 'sip.example.com' }).success).toBe(false);
});

test('an IPv6 address stands in brackets before a port', () => {
  expect(bracketAddress('2001:db8::1')).toBe('[2001:db8::1]');
  expect(bracketAddress('192.0.2.1')).toBe('192.0.2.1');
});

test('what is wrong with an address is told in one sentence of ours', () => {
  const { error } = trunkFormSchema.safeParse({ ...FORM, address: 'nope', port: '0' });
  expect(error?.issues.map((issue) => issue.message)).toEqual([
    'must be an IP address or a range',
    'must be a port from 1 to 65535',
  ]);
});

test('a range is an address; a trunk that registers needs a host and a user in its place', () => {
  expect(trunkFormSchema.safeParse({ ...FORM, address: '192.0.2.0/28' }).success).toBe(true);
  const registers = { ...FORM, kind: 'registration', address: '' } as const;
  const { error } = trunkFormSchema.safeParse(registers);
  expect(error?.issues.map(({ path }) => path[0])).toEqual(['host', 'username']);
  const whole = { ...registers, host: 'sip.carrier.test', username: 'us', secret: 'theirs' };
  expect(trunkFormSchema.safeParse(whole).success).toBe(true);
  const input = trunkInputOf(whole);
  expect(input).toMatchObject({ kind: 'registration', address: null, secret: 'theirs' });
  expect(createTrunkSchema.safeParse(input).success).toBe(true);
});

test('codecs are typed in order, and one that there is not is refused', () => {
  expect(trunkInputOf({ ...FORM, codecs: 'G722, PCMA' }).codecs).toEqual(['G722', 'PCMA']);
  expect(trunkFormSchema.safeParse({ ...FORM, codecs: 'G722, MP3' }).success).toBe(false);
});

test('a secret that was not typed is not sent', () => {
  expect('secret' in trunkInputOf(FORM)).toBe(false);
});
