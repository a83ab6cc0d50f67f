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
