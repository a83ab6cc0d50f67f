import { AppError } from '@/lib/core/errors';
import type {
  Gate,
  HostedOffer,
  LegDescription,
  MediaEngine,
  Meeting,
  SessionStart,
  SessionStats,
} from '@/lib/switch/media/engine';
import type { Playback } from '@/lib/switch/media/sound';

interface FakeSession {
  readonly start: SessionStart;
  gate: Gate;
  readonly legs: Set<string>;
  /** Who hears whom, by leg. */
  readonly peers: Map<string, string>;
  readonly offers: Map<string, string>;
  readonly playing: Map<string, { readonly playbackId: number; readonly playback: Playback }>;
}

/** An SDP of G.711, with a direction where it is not sendrecv. */
export function sdpOf(host: string, direction = ''): Buffer {
  const lines = ['v=0', `o=- 1 1 IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0'];
  lines.push('m=audio 4000 RTP/AVP 0 8', ...(direction === '' ? [] : [`a=${direction}`]));
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

/** An engine without sockets: it knows who is connected with whom, and whose gate stands how. */
export class FakeMedia implements MediaEngine {
  readonly hearsMedia = true;
  readonly sessions = new Map<string, FakeSession>();
  /** All that was ever played. */
  readonly played: { readonly legId: string; readonly playback: Playback }[] = [];
  private playbacks = 0;
  /** Bodies that can't be used. */
  unusable: (sdp: string) => boolean = () => false;
  /** Whether a leg can be taken over from another session. */
  adopts = true;

  press(): boolean {
    return false;
  }

  createSession(start: SessionStart): void {
    this.sessions.set(start.sessionId, {
      start,
      gate: 'early',
      legs: new Set(),
      peers: new Map(),
      offers: new Map(),
      playing: new Map(),
    });
  }

  async offer(description: LegDescription): Promise<Buffer> {
    const session = this.session(description.sessionId);
    this.check(description.sdp);
    session.legs.add(description.fromLegId).add(description.toLegId);
    session.offers.set(description.toLegId, description.fromLegId);
    return sdpOf('192.0.2.1');
  }

  async answer(description: LegDescription): Promise<Buffer> {
    const session = this.session(description.sessionId);
    const { fromLegId, toLegId, sdp } = description;
    this.check(sdp);
    if (session.offers.get(fromLegId) !== toLegId) throw new AppError('NOT_FOUND', 'No offer.');
    if (description.isPreview) {
      session.peers.set(fromLegId, toLegId);
      return sdpOf('192.0.2.1');
    }
    for (const [leg, peer] of session.peers) {
      if ([fromLegId, toLegId].includes(peer)) session.peers.delete(leg);
    }
    session.peers.set(fromLegId, toLegId).set(toLegId, fromLegId);
    return sdpOf('192.0.2.1');
  }

  async meet({ sessionId, one, other }: Meeting) {
    const session = this.session(sessionId);
    this.check(one.sdp);
    this.check(other.sdp);
    const legs = [one.legId, other.legId] as const;
    for (const legId of legs) session.legs.add(legId);
    for (const [leg, peer] of session.peers) if (legs.includes(peer)) session.peers.delete(leg);
    session.peers.set(legs[0], legs[1]).set(legs[1], legs[0]);
    return { toOne: sdpOf('192.0.2.1'), toOther: sdpOf('192.0.2.1') };
  }

  async update(description: LegDescription): Promise<Buffer> {
    const session = this.session(description.sessionId);
    this.check(description.sdp);
    if (session.peers.get(description.fromLegId) !== description.toLegId) {
      throw new AppError('NOT_FOUND', 'Not connected.');
    }
    session.offers.set(description.toLegId, description.fromLegId);
    return sdpOf('192.0.2.1');
  }

  async host({ sessionId, legId, sdp }: HostedOffer): Promise<Buffer> {
    const session = this.session(sessionId);
    this.check(sdp);
    session.legs.add(legId);
    for (const [leg, peer] of session.peers) if (peer === legId) session.peers.delete(leg);
    session.peers.delete(legId);
    return sdpOf('192.0.2.1');
  }

  play(sessionId: string, legId: string, playback: Playback): number | null {
    const session = this.sessions.get(sessionId);
    if (!session?.legs.has(legId)) return null;
    this.playbacks += 1;
    this.played.push({ legId, playback });
    session.playing.set(legId, { playbackId: this.playbacks, playback });
    return this.playbacks;
  }

  stopPlaying(sessionId: string, legId: string): void {
    this.sessions.get(sessionId)?.playing.delete(legId);
  }

  /** What is played to a leg comes to its end. */
  endPlaying(sessionId: string, legId: string): void {
    const session = this.session(sessionId);
    const playing = session.playing.get(legId);
    session.playing.delete(legId);
    if (!playing) return;
    const { playbackId } = playing;
    session.start.onEvent({ type: 'played', sessionId, legId, playbackId });
  }

  adopt(sessionId: string, leg: { legId: string; fromSessionId: string }): void {
    if (!this.adopts) throw new AppError('UNAVAILABLE', 'The leg stays in its call.');
    if (!this.session(leg.fromSessionId).legs.has(leg.legId)) throw new AppError('NOT_FOUND', '');
    this.session(sessionId).legs.add(leg.legId);
  }

  rollback(): void {}

  gate(sessionId: string, gate: Gate): void {
    const session = this.sessions.get(sessionId);
    if (session && session.gate !== 'closed') session.gate = gate;
  }

  async stats(sessionId: string): Promise<SessionStats | null> {
    const session = this.sessions.get(sessionId);
    return session ? { sessionId, gate: session.gate, legs: [] } : null;
  }

  async deleteLeg(sessionId: string, legId: string): Promise<null> {
    const session = this.sessions.get(sessionId);
    session?.legs.delete(legId);
    session?.peers.delete(legId);
    return null;
  }

  async delete(sessionId: string): Promise<SessionStats | null> {
    this.sessions.delete(sessionId);
    return { sessionId, gate: 'closed', legs: [] };
  }

  async usage() {
    const legs = [...this.sessions.values()].reduce((sum, each) => sum + each.legs.size, 0);
    return {
      sessions: this.sessions.size,
      legs,
      portPairsInUse: legs,
      portPairsQuarantined: 0,
      portPairsFree: 100,
      workersUp: 1,
    };
  }

  async close(): Promise<void> {}

  private session(sessionId: string): FakeSession {
    const session = this.sessions.get(sessionId);
    if (!session) throw new AppError('NOT_FOUND', 'There is no such media session.');
    return session;
  }

  private check(sdp: Buffer): void {
    if (this.unusable(sdp.toString())) {
      throw new AppError('INVALID_INPUT', 'No.', { meta: { sipStatus: 488 } });
    }
  }
}
