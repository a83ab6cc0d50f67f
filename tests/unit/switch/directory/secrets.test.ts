import { describe, expect, it } from 'vitest';
import { createSealer } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import { sealExtensionSecret } from '@/lib/services/extensions/secret';
import type { ExtensionRecord } from '@/lib/switch/directory/directory';
import { ExtensionSecrets } from '@/lib/switch/directory/secrets';

const sealer = createSealer('a-secret-key-for-the-tests-of-secrets');
const named = { id: 'one', number: '101', domain: 'acme.test' };

function extensionWith(secretSealed: Uint8Array): ExtensionRecord {
  return { id: 'one', secretSealed } as unknown as ExtensionRecord;
}

describe('opened secrets', () => {
  it('give the same hashes from memory as when they were opened', () => {
    const secrets = new ExtensionSecrets(sealer, silentLogger);
    const extension = extensionWith(sealExtensionSecret(sealer, named, 'Correct-horse-battery'));
    const opened = secrets.ha1Of(extension);
    expect(opened?.md5).toMatch(/^[0-9a-f]{32}$/);
    expect(opened?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(secrets.ha1Of(extension)).toEqual(opened);
  });

  it('of many extensions are each its own, also as bytes', () => {
    const secrets = new ExtensionSecrets(sealer, silentLogger);
    const many = Array.from({ length: 2_500 }, (_, n) => {
      const own = { ...named, id: `id${n % 2_400}`, number: String(n) };
      return { id: own.id, secretSealed: sealExtensionSecret(sealer, own, `secret-${n}`) };
    }) as unknown as ExtensionRecord[];
    const [first] = many;
    if (first) expect(secrets.md5Into(first, new Uint8Array(32))).toBe(false);
    const opened = many.map((one) => secrets.ha1Of(one)?.md5);
    expect(new Set(opened).size).toBe(2_500);
    const bytes = Buffer.alloc(32);
    // The first hundred have had their secrets changed since.
    for (const [n, one] of many.entries()) {
      expect(secrets.md5Into(one, bytes)).toBe(n >= 100);
      if (n >= 100) expect(bytes.toString('latin1')).toBe(opened[n]);
    }
  });

  it('are opened anew when they change, and refused when they are not this extension’s', () => {
    const secrets = new ExtensionSecrets(sealer, silentLogger);
    const first = secrets.ha1Of(extensionWith(sealExtensionSecret(sealer, named, 'First-secret')));
    const second = secrets.ha1Of(
      extensionWith(sealExtensionSecret(sealer, named, 'Second-secret')),
    );
    expect(second).not.toEqual(first);
    const foreign = sealExtensionSecret(sealer, { ...named, id: 'two' }, 'First-secret');
    expect(secrets.ha1Of(extensionWith(foreign))).toBeUndefined();
  });
});
