/** More than come until a new SSRC is believed or not (SSRC_SILENCE_MS of the latch), at 10 ms each. */
const MAX_HELD = 8;

/**
 * What comes from where the leg is, but under another SSRC: if that turns out to be the leg's own
 * from now on, nothing of it is missing. Bounded; made only when it happens.
 */
export class HeldBack {
  readonly ssrc: number;
  readonly packets: Uint8Array[] = [];

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  /** Keeps a copy; false where there is no room. */
  hold(packet: Uint8Array): boolean {
    if (this.packets.length >= MAX_HELD) return false;
    this.packets.push(Uint8Array.from(packet));
    return true;
  }
}
