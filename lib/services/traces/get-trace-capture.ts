import type { ControlClient } from '@/lib/control/client';
import type { ServiceContext } from '@/lib/services/context';
import { readTraceMessages } from './get-trace';
import { toPcap } from './pcap';

/**
 * The signalling of a call as a packet capture (pcap), as far as the caller may read it. Throws
 * NOT_FOUND where nothing is kept, or the call is not the caller's to see.
 */
export async function getTraceCapture(
  context: ServiceContext,
  control: ControlClient,
  callId: string,
): Promise<Buffer> {
  return toPcap(await readTraceMessages(context, control, callId));
}
