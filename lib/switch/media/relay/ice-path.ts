import { answerCheck, type LiteCredentials } from '@/lib/protocol/ice/lite';
import type { MediaAddress } from './latch';

/** Addresses that a far side may check from before it chooses one. */
const MAX_VALID = 8;

const isSame = (one: MediaAddress, other: MediaAddress): boolean =>
  one.port === other.port && one.address === other.address;

/**
 * Where a leg's media comes from and goes to, as its far side chooses by ICE (RFC 8445 §2.5): whoever
 * proved that it knows our password may be there, and whom it nominated is. What was nominated holds
 * until something else is, through restarts too (§9): media goes on meanwhile.
 */
export class IcePath {
  private credentials: LiteCredentials;
  private valid: MediaAddress[] = [];
  private nominatedPlace: MediaAddress | null = null;

  constructor(credentials: LiteCredentials) {
    this.credentials = credentials;
  }

  get nominated(): MediaAddress | null {
    return this.nominatedPlace;
  }

  /** New credentials begin anew; the same ones change nothing. */
  expect(credentials: LiteCredentials): void {
    const { ufrag, pwd, peerUfrag } = credentials;
    const known = this.credentials;
    if (known.ufrag === ufrag && known.pwd === pwd && known.peerUfrag === peerUfrag) return;
    this.credentials = credentials;
    this.valid = [];
  }

  /** The answer to a check; undefined for what is none. `nominated` tells where media goes then. */
  check(bytes: Buffer, from: MediaAddress): Buffer | undefined {
    const check = answerCheck(bytes, from, this.credentials);
    if (!check) return undefined;
    const place = { address: from.address, port: from.port };
    if (check.isValid && !this.valid.some((one) => isSame(one, place))) {
      this.valid = [place, ...this.valid].slice(0, MAX_VALID);
    }
    const isNew = this.nominatedPlace === null || !isSame(this.nominatedPlace, place);
    if (check.nominates && isNew) this.nominatedPlace = place;
    return check.reply;
  }

  /** Whether media is to be taken from there. */
  isNominated(from: MediaAddress): boolean {
    return this.nominatedPlace !== null && isSame(this.nominatedPlace, from);
  }

  /**
   * Whether a handshake is to be taken from there: once something is nominated from nowhere else, and
   * before that only from who proved itself.
   */
  mayShakeHands(from: MediaAddress): boolean {
    if (this.nominatedPlace !== null) return isSame(this.nominatedPlace, from);
    return this.valid.some((one) => isSame(one, from));
  }
}
