import { expect, test } from 'vitest';
import {
  decideRecording,
  RECORDING_CONSENTS,
  RECORDING_RULES,
  type RecordingConsent,
  type RecordingRule,
} from '@/lib/core/recording-policy';

const side = (consent: RecordingConsent, ...rules: RecordingRule[]) => ({
  ...{ consent, rules, isFull: false },
});

const decide = (own: ReturnType<typeof side>, other: RecordingConsent | null = null) =>
  decideRecording({ isEmergency: false, own, other: other === null ? null : { consent: other } });

test.each([
  ['off', null, { kind: 'refused', reason: 'off' }],
  ['one_party', null, { kind: 'allowed', consent: 'one_party' }],
  ['all_party', null, { kind: 'allowed', consent: 'all_party' }],
  ['off', 'one_party', { kind: 'refused', reason: 'off' }],
  ['one_party', 'off', { kind: 'refused', reason: 'off_at_other_side' }],
  ['one_party', 'one_party', { kind: 'allowed', consent: 'one_party' }],
  ['one_party', 'all_party', { kind: 'allowed', consent: 'all_party' }],
  ['all_party', 'one_party', { kind: 'allowed', consent: 'all_party' }],
] as const)('of %s and %s at the other side the stricter holds', (own, other, expected) => {
  expect(decide(side(own, 'always'), other)).toMatchObject(expected);
});

test.each([
  [[], false],
  [['on_demand'], false],
  [['always'], true],
  [['on_demand', 'always', 'on_demand'], true],
] as const)('rules %j record by themselves: %s', (rules, isAutomatic) => {
  expect(decide(side('one_party', ...rules))).toMatchObject({ kind: 'allowed', isAutomatic });
});

test('what is never to be recorded is not, whatever else wants it', () => {
  expect(decide(side('one_party', 'always', 'never'))).toEqual({
    kind: 'refused',
    reason: 'never',
  });
});

test('nothing is recorded without room for it', () => {
  const own = { ...side('one_party', 'always'), isFull: true };
  expect(decide(own)).toEqual({ kind: 'refused', reason: 'full' });
});

test('a call for help never is, by any rule', () => {
  for (const consent of RECORDING_CONSENTS) {
    for (const rule of RECORDING_RULES) {
      const asked = { isEmergency: true, own: side(consent, rule), other: null };
      expect(decideRecording(asked).kind).toBe('refused');
    }
  }
});
