import { describe, expect, it } from 'vitest';
import type { TransportName } from '@/lib/protocol/sip/transport';
import { createScreening } from '@/lib/switch/edge/screening';
import { FLOW, readRequest, spoilt } from '@/tests/unit/protocol/sip/wire';

function screen(lines: Record<string, string>, transport: TransportName = 'udp', exempt = false) {
  const banned: string[] = [];
  let counted = 0;
  const isWelcome = createScreening({
    bans: {
      recordScanner: (address: string, agent: string) => {
        banned.push(`${address} ${agent}`);
        return true;
      },
    } as Parameters<typeof createScreening>[0]['bans'],
    sourceOf: (address) => ({ key: address, isExempt: exempt, denial: undefined }),
    countScanner: () => {
      counted += 1;
    },
  });
  const request = readRequest(spoilt({ 'Content-Length': 'Content-Length: 0', ...lines }));
  return { welcome: isWelcome(request, { ...FLOW, transport }), banned, counted };
}

describe('the screening of scanners', () => {
  it.each([
    'friendly-scanner',
    'sipvicious',
    'SIPVicious 0.3.4',
    'sipcli/v1.8',
    'pplsip',
    'VaxSIPUserAgent/3.1',
    'sundayddr',
    'friendly-request',
  ])('drops %s', (agent) => {
    expect(screen({ 'User-Agent': `User-Agent: ${agent}` })).toMatchObject({
      welcome: false,
      counted: 1,
    });
  });

  it.each([
    'Yealink SIP-T46S 66.84.0.15',
    'Grandstream GXP2160 1.0.7.97',
    'baresip v1.0.0 (x86_64/linux)',
    'Linphone/5.1.65 (debian) LinphoneCore/5.1.65',
    'sipsak 0.9.8',
    'SIPp/3.6.1',
    'Gulpener PBX',
    'PolycomVVX-VVX_410-UA/5.9',
  ])('takes %s for a phone', (agent) => {
    expect(screen({ 'User-Agent': `User-Agent: ${agent}` })).toMatchObject({
      welcome: true,
      counted: 0,
    });
  });

  it('knows SIPVicious by its From too', () => {
    const from = 'From: "sipvicious" <sip:100@1.1.1.1>;tag=6131383';
    expect(screen({ From: from }).welcome).toBe(false);
  });

  it('bans on a connection, never for a datagram: its source may be forged', () => {
    const agent = { 'User-Agent': 'User-Agent: friendly-scanner' };
    expect(screen(agent, 'udp').banned).toEqual([]);
    expect(screen(agent, 'tcp').banned).toEqual(['192.0.2.1 friendly-scanner']);
    expect(screen(agent, 'wss').banned).toEqual(['192.0.2.1 friendly-scanner']);
  });

  it('leaves trunks alone, whatever they call themselves', () => {
    const agent = { 'User-Agent': 'User-Agent: sipcli' };
    expect(screen(agent, 'tcp', true)).toEqual({ welcome: true, banned: [], counted: 0 });
  });
});
