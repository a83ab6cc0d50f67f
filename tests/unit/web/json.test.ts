import { describe, expect, test } from 'vitest';
import { canonicalJson, requestFingerprint, toJson } from '@/lib/web/json';

describe('JSON', () => {
  test('never bends an integer', () => {
    expect(toJson({ a: 2n ** 63n, b: [1n] })).toBe('{"a":"9223372036854775808","b":["1"]}');
  });

  test('is the same text for the same value', () => {
    expect(canonicalJson({ b: [{ y: 1, x: undefined }], a: null })).toBe(
      '{"a":null,"b":[{"y":1}]}',
    );
    const one = requestFingerprint('POST', '/a', { x: 1, y: 2 });
    expect(requestFingerprint('POST', '/a', { y: 2, x: 1 })).toEqual(one);
    expect(requestFingerprint('PUT', '/a', { y: 2, x: 1 })).not.toEqual(one);
    expect(requestFingerprint('POST', '/b', { y: 2, x: 1 })).not.toEqual(one);
  });
});
