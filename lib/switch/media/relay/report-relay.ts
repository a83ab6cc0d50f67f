import type { Clock } from '@/lib/core/clock';
import { parseRtcp } from '@/lib/protocol/rtcp/parse';
import type { Endpoint } from './endpoint';
import { isGateOpen } from './gate';
import type { MediaAddress } from './latch';
import { MAX_PACKET_BYTES } from './messages';
import { sent } from './udp-socket';

/** RTCP from leg to leg: read on its way, and made to fit what the other side hears. */
export class ReportRelay {
  private readonly gates: Int32Array;
  private readonly clock: Clock;

  constructor(gates: Int32Array, clock: Clock) {
    this.gates = gates;
    this.clock = clock;
  }

  /** What came on an endpoint's RTCP port. */
  onRtcp(endpoint: Endpoint, datagram: Uint8Array, from: MediaAddress): void {
    const { guard } = endpoint;
    const packet = guard === null ? datagram : guard.openRtcp(datagram, from);
    if (packet === null) return;
    if (packet.length > MAX_PACKET_BYTES) endpoint.dropped.invalid += 1;
    else this.relay(endpoint, packet, () => endpoint.latch.acceptsRtcp(from));
  }

  /** RTCP in the clear, from whichever port; `isOwn` is asked only of what is RTCP indeed. */
  relay(endpoint: Endpoint, packet: Uint8Array, isOwn: () => boolean): void {
    const parsed = parseRtcp(packet);
    if (!parsed.ok) {
      endpoint.dropped.invalid += 1;
      return;
    }
    if (!isOwn()) {
      endpoint.dropped.foreign += 1;
      return;
    }
    if (!endpoint.takeBudget()) return;
    const nowMs = this.clock.monotonicMs();
    endpoint.showedItself(nowMs);
    const heardSsrc = endpoint.peer?.heardSsrc;
    for (const { blocks } of parsed.reports) {
      for (const block of blocks) if (block.ssrc === heardSsrc) endpoint.reported(block, nowMs);
    }
    // Reports are no voice, and flow while the media is on hold; but no closed gate lets them by.
    const { peer } = endpoint;
    if (!peer || !isGateOpen(this.gates, endpoint)) return;
    endpoint.translate(packet, peer);
    if (!send(peer, packet)) return;
    for (const { sender } of parsed.reports) if (sender) endpoint.reportPassed(sender, nowMs);
  }
}

function send({ guard, latch, rtp, rtcp }: Endpoint, packet: Uint8Array): boolean {
  const to = latch.rtcpDestination;
  if (guard === null) return sent(packet, rtcp, to);
  return sent(guard.sealRtcp(packet), guard.isRtcpMuxed ? rtp : rtcp, to);
}
