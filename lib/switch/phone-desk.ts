import { createSealer, deriveKey } from '@/lib/infra/crypto';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import type { ChallengePolicy } from '@/lib/protocol/digest/challenge-policy';
import { createDigestServer } from '@/lib/protocol/digest/server';
import { browserPhoneKey } from '@/lib/services/extensions/browser-credential';
import { ownHosts } from './addresses';
import { Authentication } from './authentication';
import { BrowserUsers } from './browser-users';
import type { SwitchDirectory } from './directory/directory';
import { ExtensionSecrets } from './directory/secrets';
import type { Edge } from './edge/types';
import type { LiveEvents } from './live-events';
import { Express } from './registrar/express/express';
import type { Location } from './registrar/location';
import { Registrar } from './registrar/registrar';
import type { SipStack } from './stack';

export interface PhoneDeskOptions {
  readonly env: Env;
  readonly log: Logger;
  readonly stack: SipStack;
  readonly edge: Pick<Edge, 'bans'>;
  readonly directory: SwitchDirectory;
  readonly location: Location;
  readonly events: Pick<LiveEvents, 'refused'>;
  readonly policy: ChallengePolicy;
}

/** What knows phones by their secrets, put together for the switch. */
export interface PhoneDesk {
  readonly authentication: Authentication;
  readonly registrar: Registrar;
  readonly express: Express;
}

/** Puts together who phones are and where: one set of nonces and opened secrets for all of it. */
export function createPhoneDesk(options: PhoneDeskOptions): PhoneDesk {
  const { env, log, stack, edge, directory, location, events, policy } = options;
  const { bans } = edge;
  const own = ownHosts(env);
  const secrets = new ExtensionSecrets(createSealer(env.secretKey), log);
  const digest = createDigestServer({
    secret: deriveKey(env.secretKey, 'sip-digest-nonce'),
    clock: stack.clock,
  });
  const authentication = new Authentication({
    ...{ directory, secrets, digest, bans, policy },
    browsers: new BrowserUsers(browserPhoneKey(env.secretKey), stack.clock),
    isOurs: (host) => own.has(host),
    isRegisteredFrom: (extensionId, address) =>
      location
        .lookup(extensionId, stack.clock.nowMs())
        .some((binding) => binding.address === address),
    onWrongSecret: (extension, transaction) =>
      events.refused(extension, 'wrong_secret', transaction),
  });
  const registrar = new Registrar({
    ...{ stack, directory, location, authentication },
    onRefused: ({ extension }, reason, transaction) =>
      events.refused(extension, reason, transaction),
  });
  const express = new Express({ stack, directory, secrets, digest, policy, bans, location });
  return { authentication, registrar, express };
}
