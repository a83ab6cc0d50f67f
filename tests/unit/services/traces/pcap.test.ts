import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toPcap } from '@/lib/services/traces/pcap';
import type { TraceMessage } from '@/lib/services/traces/types';
import { hasPeer } from '@/tests/support/peers.mjs';

const AT = Date.UTC(2026, 10, 27, 12, 0, 0) + 1.25;
const invite = 'INVITE sip:102@acme.test SIP/2.0\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\n';
const message = (more: Partial<TraceMessage> = {}): TraceMessage => ({
  atMs: AT,
  leg: 0,
  isCarrier: false,
  direction: 'in',
  transport: 'udp',
  local: { address: '192.0.2.10', port: 5060 },
  remote: { address: '198.51.100.7', port: 49_811 },
  text: `${invite}Content-Length: 0\r\n\r\n`,
  ...more,
});

describe('a capture file', () => {
  it('says its format, and of each packet when it came and how long it is', () => {
    const file = toPcap([message(), message({ atMs: AT + 1 })]);
    expect(file.readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(file.readUInt32LE(20)).toBe(101);
    const seconds = file.readUInt32LE(24);
    const micros = file.readUInt32LE(28);
    expect(seconds * 1_000 + micros / 1_000).toBe(AT);
    const length = file.readUInt32LE(32);
    expect(length).toBe(20 + 8 + message().text.length);
    expect(file).toHaveLength(24 + 2 * (16 + length));
  });

  it('puts what was sent and what was received into the right direction', () => {
    const addresses = (one: TraceMessage) => toPcap([one]).subarray(24 + 16 + 12, 24 + 16 + 20);
    expect([...addresses(message())]).toEqual([198, 51, 100, 7, 192, 0, 2, 10]);
    expect([...addresses(message({ direction: 'out' }))]).toEqual([192, 0, 2, 10, 198, 51, 100, 7]);
  });

  it('holds what has no sensible address, and what is too long for a packet', () => {
    const odd = message({ local: { address: '', port: 0 }, text: 'x'.repeat(100_000) });
    expect(toPcap([odd]).readUInt32LE(32)).toBe(65_535);
  });
});

/** One packet as tshark reads it. */
interface Packet {
  readonly fields: readonly string[];
}

function readByTshark(messages: readonly TraceMessage[]): readonly Packet[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'pcap-'));
  try {
    const file = path.join(folder, 'call.pcap');
    writeFileSync(file, toPcap(messages));
    const fields = ['sip.Method', 'sip.Status-Code', 'sip.Call-ID', 'udp.checksum.status'];
    const more = ['ip.src', 'ipv6.src', 'udp.dstport', '_ws.malformed', 'frame.time_epoch'];
    const text = execFileSync(
      'tshark',
      [
        ...['-r', file, '-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'],
        ...['-T', 'fields', '-E', 'separator=|'],
        ...[...fields, ...more, 'ip.checksum.status'].flatMap((field) => ['-e', field]),
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return text
      .trim()
      .split('\n')
      .map((line) => ({ fields: line.split('|') }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!hasPeer('tshark'))('tshark', () => {
  it('reads SIP out of it, with right checksums, over IPv4 and IPv6', () => {
    const ok = `SIP/2.0 200 OK\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
    const six = {
      local: { address: '2001:db8::10', port: 5060 },
      remote: { address: '2001:db8::7', port: 5080 },
    };
    const packets = readByTshark([
      message(),
      message({ direction: 'out', text: ok, atMs: AT + 2 }),
      message({ ...six, transport: 'tls', text: `${invite}X: odd\r\n\r\n` }),
    ]);
    const time = (atMs: number): string => (atMs / 1_000).toFixed(6);
    expect(packets.map(({ fields }) => fields.slice(0, 8))).toEqual([
      ['INVITE', '', 'one', '1', '198.51.100.7', '', '5060', ''],
      ['', '200', 'one', '1', '192.0.2.10', '', '49811', ''],
      ['INVITE', '', 'one', '1', '', '2001:db8::7', '5060', ''],
    ]);
    expect(packets[0]?.fields[8]?.startsWith(time(AT))).toBe(true);
    expect(packets[0]?.fields[9]).toBe('1');
  });
});
