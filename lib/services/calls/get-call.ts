import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { explainHops } from './internal/hops';
import { readLegs } from './internal/legs';
import { readLinks } from './internal/links';
import { readCall } from './internal/read';
import { toWireCall } from './internal/view';
import { provenCaller } from './rules';
import type { WireCallDetail } from './schemas';

/** One call with its legs and, hop by hop, why it costs what it costs. */
export async function getCall(context: ServiceContext, callId: string): Promise<WireCallDetail> {
  authorize(context, 'calls.read');
  const found = isUuid(callId) ? await readCall(context, callId) : null;
  if (found === null) throw notFound('call');
  const { row, charges } = found;
  const { actor } = context;
  const everything = actor.kind === 'system' || actor.accountKind === 'operator';
  return {
    ...toWireCall(row, charges, actor),
    nodeId: everything ? row.nodeId : null,
    ratedSeconds: row.ratedSeconds,
    attempts: row.attempts,
    codec: row.codec,
    media: row.media,
    callerId: (row.own || everything) && row.callerId ? provenCaller(row.callerId) : null,
    dialledDigits: row.toNumber.replace(/^\+/, ''),
    links: [...(await readLinks(context, row.id))],
    legs: await readLegs(context, row),
    hops: await explainHops(context, charges),
  };
}
