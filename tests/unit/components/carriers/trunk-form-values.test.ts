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
    'must be an IP address',
    'must be a port from 1 to 65535',
  ]);
});
