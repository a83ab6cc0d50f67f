import { describe, expect, it } from 'vitest';
import type { ReportBlock, SenderInfo } from '@/lib/protocol/rtcp/parse';
import { middleOfNtp, PassedReports } from '@/lib/protocol/rtcp/round-trip';

function report(ntpSeconds: number, ntpFraction = 0): SenderInfo {
  return { ntpSeconds, ntpFraction, rtpTimestamp: 0, packets: 0, octets: 0 };
}

function answerTo(sender: SenderInfo, heldMs: number): ReportBlock {
  const lastSr = middleOfNtp(sender);
  const delaySinceLastSr = heldMs * 65.536;
  const rest = { ssrc: 1, lostFraction: 0, lost: 0, highestSequence: 0, jitterTicks: 0 };
  return { ...rest, lastSr, delaySinceLastSr };
}

describe('round trips', () => {
  it('are the time since the report passed, less what the receiver held it', () => {
    const reports = new PassedReports();
    // The example of RFC 3550 §6.4.1: 0xb44db705:20000000 is named 0xb7052000.
    const sender = report(0xb44db705, 0x20000000);
    expect(middleOfNtp(sender)).toBe(0xb7052000);
    reports.passed(sender, 1_000);
    expect(reports.roundTripMs(answerTo(sender, 5_250), 12_375)).toBeCloseTo(6_125, 3);
  });

  it('are known of the last four reports, whichever is answered', () => {
    const reports = new PassedReports();
    for (let second = 1; second <= 5; second += 1) reports.passed(report(second), second * 1_000);
    expect(reports.roundTripMs(answerTo(report(1), 0), 6_000)).toBeNull();
    expect(reports.roundTripMs(answerTo(report(2), 3_900), 6_000)).toBeCloseTo(100, 3);
    expect(reports.roundTripMs(answerTo(report(5), 900), 6_000)).toBeCloseTo(100, 3);
  });

  it('are not made of what no report of ours said', () => {
    const reports = new PassedReports();
    reports.passed(report(0), 1_000);
    expect(reports.roundTripMs(answerTo(report(0), 0), 2_000)).toBeNull();
    reports.passed(report(7), 1_000);
    expect(reports.roundTripMs(answerTo(report(8), 0), 2_000)).toBeNull();
    expect(reports.roundTripMs(answerTo(report(7), 0), 90_000)).toBeNull();
  });

  it('never go back in time', () => {
    const reports = new PassedReports();
    reports.passed(report(7), 1_000);
    expect(reports.roundTripMs(answerTo(report(7), 5_000), 1_020)).toBe(0);
  });
});
