import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Bdecoded,
  type Bencodable,
  bdecode,
  bencode,
  integerAt,
  isTable,
  listAt,
  tableAt,
  textAt,
} from '@/lib/protocol/ng/bencode';

/** What is read, without the Maps. */
function plain(value: Bdecoded): unknown {
  if (isTable(value)) {
    return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

function read(text: string): unknown {
  const reading = bdecode(Buffer.from(text));
  return reading.ok ? plain(reading.value) : reading.reason;
}

test('values are written as BEP 3 says, keys in their order, what is undefined left out', () => {
  const value = { 'to-tag': 'b', ports: [1, -2, 0], sdp: 'ä', none: undefined, flags: {} };
  expect(bencode(value).toString()).toBe('d6:to-tag1:b5:portsli1ei-2ei0ee3:sdp2:ä5:flagsdee');
  expect(bencode(Buffer.from([0x31, 0xff])).toString('latin1')).toBe('2:1\xff');
});

test('what was written is read back, whatever it is', () => {
  const { tree } = fc.letrec<{ tree: Bencodable }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value)),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('tree'),
        { maxKeys: 4 },
      ),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const reading = bdecode(bencode(value));
      expect(reading.ok && plain(reading.value)).toEqual(value);
    }),
  );
});

test('keys may come unsorted, as rtpengine sends them', () => {
  expect(read('d6:result2:ok3:sdp3:v=0e')).toEqual({ result: 'ok', sdp: 'v=0' });
});

test.each([
  ['', 'a text has no length'],
  ['i1', 'an integer has no end'],
  ['ie', 'a number is misshapen'],
  ['i-e', 'a number is misshapen'],
  ['i-0e', 'an integer is minus zero'],
  ['i01e', 'a number is misshapen'],
  ['i 1e', 'a number is misshapen'],
  ['i123456789012345678901e', 'an integer has no end'],
  ['3:ab', 'a text is cut short'],
  ['03:abc', 'a number is misshapen'],
  ['-1:a', 'a number is misshapen'],
  ['999999:a', 'a text has no length'],
  [':', 'a number is misshapen'],
  ['l', 'a text has no length'],
  ['d1:a', 'a text has no length'],
  ['d1:ai1e1:ai2ee', 'a key stands twice'],
  ['di1ei2ee', 'a text has no length'],
  ['i1ei2e', 'something follows its end'],
])('%j is refused with its reason', (text, reason) => {
  expect(read(text)).toBe(reason);
});

test('neither depth nor number is without bounds', () => {
  expect(read(`${'l'.repeat(20)}${'e'.repeat(20)}`)).toBe('it is nested too deeply');
  expect(read(`l${'le'.repeat(50_001)}e`)).toBe('it has too many values');
});

test('nothing that comes over the wire makes reading throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(typeof bdecode(bytes).ok).toBe('boolean');
    }),
  );
  const whole = bencode({ tags: { a: { medias: [{ streams: [{ stats: { packets: 7 } }] }] } } });
  for (let end = 0; end < whole.length; end += 1) {
    expect(bdecode(whole.subarray(0, end)).ok).toBe(false);
  }
});

test('keys are told by what they hold, and null or empty where they hold something else', () => {
  const reading = bdecode(Buffer.from('d1:ai7e1:b1:x1:cli1ee1:ddee'));
  if (!reading.ok || !isTable(reading.value)) throw new Error('unreadable');
  const table = reading.value;
  expect([integerAt(table, 'a'), integerAt(table, 'b')]).toEqual([7, null]);
  expect([textAt(table, 'b'), textAt(table, 'a')]).toEqual(['x', null]);
  expect([listAt(table, 'c'), listAt(table, 'd')]).toEqual([[1], []]);
  expect([tableAt(table, 'd')?.size, tableAt(table, 'c')]).toEqual([0, null]);
});
