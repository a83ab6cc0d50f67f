import { expect, test } from 'vitest';
import { checkForwarding, type ForwardingFacts } from '@/lib/services/extensions/forwarding';

const FACTS: ForwardingFacts = {
  country: 'US',
  number: '101',
  ringingNumbers: ['+12025550101'],
  hasExtension: (number) => number === '102',
};

test('a forward is kept as digits, whatever people write between them', () => {
  expect(
    checkForwarding(
      { always: '(202) 555-0199', busy: '102', noAnswer: '+44 20 7946 0018', noAnswerSeconds: 15 },
      FACTS,
    ),
  ).toEqual({ always: '2025550199', busy: '102', noAnswer: '+442079460018', noAnswerSeconds: 15 });
});

test('what is left out stays out, and null ends a forward', () => {
  expect(checkForwarding({ busy: null }, FACTS)).toEqual({ busy: null });
});

test('a forward never leads to emergency services, in whatever form', () => {
  for (const always of ['911', '933', '9-1-1']) {
    expect(() => checkForwarding({ always }, FACTS)).toThrow('emergency');
  }
  for (const always of ['110', '112']) {
    expect(() => checkForwarding({ always }, { ...FACTS, country: 'DE' })).toThrow('emergency');
  }
  for (const always of ['10111', '+2710111', '002710177']) {
    expect(() => checkForwarding({ always }, { ...FACTS, country: 'ZA' })).toThrow('emergency');
  }
  expect(() => checkForwarding({ always: '+49112' }, { ...FACTS, country: 'DE' })).toThrow();
});

test('a forward never leads back to the extension, by its number or by one that rings it', () => {
  for (const busy of ['101', '2025550101', '+1 202 555 0101', '0012025550101']) {
    expect(() => checkForwarding({ busy }, FACTS)).toThrow(/itself|rings this/);
  }
});

test('a forward to what nobody could dial is refused where it is written', () => {
  for (const noAnswer of ['103', '*72', 'bob', '1', 'sip:x@evil.test', '+99', '102\r\nX: y']) {
    expect(() => checkForwarding({ noAnswer }, FACTS), noAnswer).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        meta: { issues: [expect.objectContaining({ path: 'forwarding.noAnswer' })] },
      }),
    );
  }
});
