import { NO_LIMITS } from '@/lib/core/call-plan/views';
import type { ConfigExtension, ConfigTenant } from '@/lib/services/configuration/types';

/** A tenant as the switch reads it: "acme" of the account "account of acme", at acme.test. */
export function tenantOf(name: string, changes: Partial<ConfigTenant> = {}): ConfigTenant {
  return {
    id: name,
    accountId: `account of ${name}`,
    domain: `${name}.test`,
    status: 'active',
    country: 'US',
    allowedDestinations: ['1'],
    captureDays: null,
    announcesRefusals: false,
    hasHoldMusic: false,
    holdSoundId: null,
    limits: NO_LIMITS,
    generation: 1n,
    ...changes,
  };
}

/** An extension as the switch reads it. */
export function extensionOf(id: string, tenantId: string, number: string): ConfigExtension {
  return {
    id,
    tenantId,
    number,
    name: number,
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
  };
}
