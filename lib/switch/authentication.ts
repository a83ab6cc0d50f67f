import type { ChallengePolicy } from '@/lib/protocol/digest/challenge-policy';
import type { DigestServer } from '@/lib/protocol/digest/server';
import type { NameAddr } from '@/lib/protocol/sip/name-addr';
import { fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseSipUri, type SipUri } from '@/lib/protocol/sip/uri';
import type { BrowserUsers } from './browser-users';
import type { ExtensionRecord, SwitchDirectory, TenantRecord } from './directory/directory';
import type { ExtensionSecrets } from './directory/secrets';
import type { BanList } from './edge/ban-list';

/** Of a name that somebody guessed at, for the list of bans. */
const MAX_NAME_CHARS = 64;

export interface AuthenticationOptions {
  readonly directory: Pick<SwitchDirectory, 'tenantByDomain' | 'extension'>;
  readonly secrets: Pick<ExtensionSecrets, 'ha1Of'>;
  readonly digest: DigestServer;
  /** Absent where no browser signs in: among customers' PBXs. */
  readonly browsers?: BrowserUsers;
  readonly bans: BanList;
  /** What to offer whom; shared by all who challenge the same clients. */
  readonly policy: ChallengePolicy;
  /** Whether a host and port name this server. */
  isOurs(host: string, port: number | undefined): boolean;
  /** Whether an extension is registered from an address now. */
  isRegisteredFrom(extensionId: string, address: string): boolean;
  /** A phone of a known extension gave a wrong secret. */
  onWrongSecret(extension: ExtensionRecord, transaction: ServerTransaction): void;
}

/** A phone that proved its secret. */
export interface AuthenticatedPhone {
  readonly tenant: TenantRecord;
  readonly extension: ExtensionRecord;
}

/**
 * Digest authentication of phones. The identity claimed (To of a REGISTER, From of anything else)
 * says which tenant; the user that signs must be that very extension: auth user, address of record
 * and tenant are one. A user that is not there gets the same answers in the same time.
 */
export class Authentication {
  private readonly options: AuthenticationOptions;

  constructor(options: AuthenticationOptions) {
    this.options = options;
  }

  /**
   * The phone, or undefined after the request has been answered with 401, 403 or 400. Beside its
   * own address a phone may claim what `mayClaim` says: none where it is left out.
   */
  authenticate(
    transaction: ServerTransaction,
    claimed: NameAddr,
    mayClaim: (phone: AuthenticatedPhone, uri: SipUri) => boolean = () => false,
  ): AuthenticatedPhone | undefined {
    const { directory, digest, secrets, bans, browsers } = this.options;
    const { request } = transaction;
    const uri = parseSipUri(claimed.uri);
    const target = parseSipUri(request.uri);
    if (!uri || !target) {
      transaction.respond(400, 'A sip: Address Is Needed');
      return undefined;
    }
    const tenant = this.tenantOf(uri, target);
    const realm = tenant?.domain ?? uri.host;
    const source = transaction.flow.remote.address;
    const verdict = digest.verify(
      {
        method: request.method,
        uri: request.uri,
        authorization: request.headers('authorization'),
      },
      {
        realm,
        source,
        lookUp: (username) => {
          const browser = browsers?.read(username, transaction.flow.transport);
          const extension = tenant && directory.extension(tenant.id, browser?.number ?? username);
          if (!extension) return undefined;
          return browser ? browsers?.ha1Of(username, realm) : secrets.ha1Of(extension);
        },
        isOurs: (host, port) => host === realm || this.options.isOurs(host, port),
      },
    );
    if (verdict.ok || verdict.kind !== 'missing') this.options.policy.answered(request, source);
    if (!verdict.ok) {
      switch (verdict.kind) {
        case 'missing':
          this.challenge(transaction, realm, false);
          return undefined;
        case 'stale':
          this.challenge(transaction, realm, true);
          return undefined;
        case 'malformed':
          transaction.respond(400, verdict.reason);
          return undefined;
        case 'wrong':
          // Only an answer to a challenge that this very address got proves who sent it.
          if (verdict.isCompleted) this.refuse(transaction, { tenant, realm, ...verdict });
          else this.challenge(transaction, realm, false);
          return undefined;
      }
    }
    const browser = browsers?.read(verdict.username, transaction.flow.transport);
    if (browser?.isOver) {
      // It was right: a page that slept asks for another, and is nobody who guesses.
      transaction.respond(403, 'These Credentials Have Expired');
      return undefined;
    }
    const extension = tenant && directory.extension(tenant.id, browser?.number ?? verdict.username);
    const phone = tenant && extension && { tenant, extension };
    if (!phone || (uri.user !== phone.extension.number && !mayClaim(phone, uri))) {
      // A right secret for somebody else's name.
      transaction.respond(403);
      return undefined;
    }
    bans.recordSuccess(source);
    return phone;
  }

  /** The tenant that an address names: by its host, else (a bare address of ours) by the request. */
  private tenantOf(claimed: SipUri, target: SipUri): TenantRecord | undefined {
    const { directory } = this.options;
    return directory.tenantByDomain(claimed.host) ?? directory.tenantByDomain(target.host);
  }

  private refuse(
    transaction: ServerTransaction,
    guess: { tenant: TenantRecord | undefined; realm: string; username: string },
  ): void {
    const { directory, bans, onWrongSecret, isRegisteredFrom } = this.options;
    const { tenant, realm, username } = guess;
    const { address } = transaction.flow.remote;
    const extension = tenant && directory.extension(tenant.id, username);
    if (extension) onWrongSecret(extension, transaction);
    // Answered first: a ban ends the connection that the answer goes by.
    transaction.respond(403);
    bans.recordFailure(address, {
      name: fromWireText(`${username}@${realm}`).slice(0, MAX_NAME_CHARS),
      isHome: extension !== undefined && isRegisteredFrom(extension.id, address),
    });
  }

  private challenge(transaction: ServerTransaction, realm: string, stale: boolean): void {
    const source = transaction.flow.remote.address;
    const algorithms = this.options.policy.challenged(transaction.request, source);
    transaction.respondOnce(401, undefined, {
      headers: {
        'www-authenticate': this.options.digest.challenge(realm, { source, stale, algorithms }),
      },
    });
  }
}
