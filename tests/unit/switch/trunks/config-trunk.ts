import { NO_LIMITS } from '@/lib/core/call-plan/views';
import type { ConfigTrunk } from '@/lib/services/configuration/types';

/** A carrier's trunk at 192.0.2.1, as the switch reads it, unless said otherwise. */
export function configTrunk(id: string, changes: Partial<ConfigTrunk> = {}): ConfigTrunk {
  const numbers = { format: 'plus_e164', country: 'US', strip: 0, prepend: '' } as const;
  return {
    id,
    accountId: 'operator',
    kind: 'ip',
    name: id,
    status: 'active',
    carrierId: 'carrier',
    tenantId: null,
    isDialable: true,
    limits: NO_LIMITS,
    limitsIn: NO_LIMITS,
    limitsOut: NO_LIMITS,
    address: '192.0.2.1',
    host: null,
    port: null,
    transport: null,
    proxy: null,
    username: null,
    secretSealed: null,
    realm: null,
    registerSeconds: 600,
    optionsSeconds: null,
    codecs: [],
    numbersOut: numbers,
    numbersIn: numbers,
    emergency: false,
    emergencyCountries: [],
    trustedIdentity: false,
    identityHeader: 'pai',
    mediaSecurity: 'auto',
    minAnswerPercent: null,
    minTalkSeconds: null,
    tlsName: null,
    tlsCa: null,
    generation: 1n,
    ...changes,
  };
}
