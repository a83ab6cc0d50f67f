import { expect, test } from 'vitest';
import { checkPortInMove, letterType, portInMoves } from '@/lib/services/port-ins/rules';
import { type PortInState, portInStateSchema } from '@/lib/services/port-ins/schemas';

const MOVES: Readonly<Record<PortInState, readonly [customer: string, operator: string]>> = {
  draft: ['submitted cancelled', ''],
  submitted: ['cancelled', 'info_needed accepted rejected'],
  info_needed: ['submitted cancelled', 'accepted rejected'],
  accepted: ['cancelled', 'info_needed scheduled rejected cancelled'],
  scheduled: ['', 'scheduled info_needed done rejected cancelled'],
  done: ['', ''],
  rejected: ['draft', ''],
  cancelled: ['', ''],
};

test.each(portInStateSchema.options)('a request that is "%s" moves as the table says', (from) => {
  const [customer, operator] = MOVES[from];
  expect(portInMoves(from, 'customer').join(' ')).toBe(customer);
  expect(portInMoves(from, 'operator').join(' ')).toBe(operator);
});

test('whoever is refused or asked for something is told why, and a date is a date', () => {
  const move = (to: PortInState, more: { note?: string; scheduledOn?: string } = {}) => {
    checkPortInMove(
      to === 'scheduled' ? 'accepted' : 'submitted',
      { to, note: '', ...more },
      'operator',
    );
  };
  expect(() => move('rejected')).toThrow('must say why');
  expect(() => move('info_needed')).toThrow('must say why');
  expect(() => move('scheduled')).toThrow('which day');
  move('rejected', { note: 'not his' });
  move('scheduled', { scheduledOn: '2030-01-01' });
});

test('a letter is told by its first bytes', () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
  expect(letterType(bytes('%PDF-1.4'))).toBe('application/pdf');
  expect(letterType(bytes('\x89PNG\r\n\x1a\n'))).toBe('image/png');
  expect(letterType(bytes('\xff\xd8\xff\xe0'))).toBe('image/jpeg');
  for (const other of ['', '%PD', '<html>', 'GIF89a', 'PK\x03\x04']) {
    expect(letterType(bytes(other))).toBeNull();
  }
});
