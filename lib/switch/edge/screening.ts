import type { SipRequest } from '@/lib/protocol/sip/message';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { Edge } from './types';

/**
 * What attackers' tools call themselves, as seen on public servers: SIPVicious and its forks
 * ("friendly-scanner", "sundayddr"), sipcli, pplsip, Smap, SIPPTS, VaxSIP dialers and the like. No
 * phone bears these names.
 */
const SCANNERS =
  /friendly-(?:scanner|request)|sipvicious|sundayddr|\bsipcli\b|\bsip-?scan|\bsmap\b|pplsip|siparmyknife|\biWar\b|vaxsipuseragent|\bsippts\b|sipptk|\bgulp\b|masscan|\bnmap\b|\bzgrab\b/i;
const MAX_TEXT_CHARS = 512;

/** Whether a text bears a scanner's name. */
export function isScannerText(text: string): boolean {
  return SCANNERS.test(text);
}

/** How a request gives a scanner away: the text that does, or undefined. */
export function scannerOf(request: SipRequest): string | undefined {
  const agent = (request.header('user-agent') ?? '').slice(0, MAX_TEXT_CHARS);
  if (SCANNERS.test(agent)) return agent;
  const from = (request.header('from') ?? '').slice(0, MAX_TEXT_CHARS);
  return SCANNERS.test(from) ? from : undefined;
}

/**
 * Lets nothing of a scanner through: no answer tells it that somebody is here. On a connection it is
 * where it seems to be, so it is banned at once; a datagram's source may be forged. A trunk may call
 * itself what it likes.
 */
export function createScreening(
  edge: Pick<Edge, 'bans' | 'sourceOf' | 'countScanner'>,
): (request: SipRequest, flow: Flow) => boolean {
  return (request, flow) => {
    const scanner = scannerOf(request);
    if (scanner === undefined) return true;
    const { address } = flow.remote;
    if (edge.sourceOf(address).isExempt) return true;
    edge.countScanner();
    if (flow.transport !== 'udp') edge.bans.recordScanner(address, scanner);
    return false;
  };
}
