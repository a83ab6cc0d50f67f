import { silentLogger } from '@/lib/infra/log';
import { type BencodedTable, textAt } from '@/lib/protocol/ng/bencode';
import type { NgArguments } from '@/lib/protocol/ng/message';
import { RtpengineNode } from '@/lib/switch/media/rtpengine/node';
import { Rtpengine, rtpengineVersion } from '@/tests/support/rtpengine';
import { legSdp, portOf } from './engine-calls';
import { pin } from './processes';
import type { RelayUnderTest } from './relay-under-test';

/** No call of a bench is ended for its silence while another relay has its turn. */
const NEVER_SECONDS = '36000';

/** rtpengine beside ours; undefined where it is not installed. */
export interface RtpengineUnderTest extends RelayUnderTest {
  readonly version: string;
}

async function ask(node: RtpengineNode, command: string, details: NgArguments) {
  const outcome = await node.ask(command, details);
  if (outcome.type === 'done') return outcome.body;
  throw new Error(`rtpengine answers: ${outcome.type === 'refused' ? outcome.reason : 'nothing'}`);
}

/** The port that the other leg is to be told. */
function toldPort(body: BencodedTable): number {
  return portOf(textAt(body, 'sdp') ?? '');
}

async function makeCalls(node: RtpengineNode, legPorts: readonly number[]): Promise<number[]> {
  const ports: number[] = [];
  for (let leg = 0; leg + 1 < legPorts.length; leg += 2) {
    const call = { 'call-id': `call-${leg}`, 'from-tag': 'a', ICE: 'remove' };
    const [a, b] = [legSdp(legPorts[leg] ?? 0), legSdp(legPorts[leg + 1] ?? 0)];
    const toCallee = toldPort(await ask(node, 'offer', { ...call, sdp: a }));
    const answered = await ask(node, 'answer', { ...call, 'to-tag': 'b', sdp: b });
    ports.push(toldPort(answered), toCallee);
  }
  return ports;
}

/**
 * Starts it in userspace (no kernel table), one worker thread, with a call for each two legs, made
 * over its ng protocol.
 */
export async function startRtpengine(options: {
  readonly portMin: number;
  readonly portMax: number;
  readonly legPorts: readonly number[];
}): Promise<RtpengineUnderTest | undefined> {
  const version = rtpengineVersion();
  if (version === undefined) return undefined;
  const { portMin, portMax, legPorts } = options;
  const never = [`--timeout=${NEVER_SECONDS}`, `--silent-timeout=${NEVER_SECONDS}`];
  const flags = ['--num-threads=1', '--media-num-threads=1', '--log-level=3', ...never];
  const daemon = await Rtpengine.start({ portMin, portMax, flags });
  const node = new RtpengineNode({
    place: daemon.place,
    log: silentLogger,
    onRestarted: () => undefined,
  });
  const stop = async (): Promise<void> => {
    node.close();
    await daemon.stop();
  };
  try {
    pin(daemon.pid, 'measured');
    return { pid: daemon.pid, version, ports: await makeCalls(node, legPorts), stop };
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${daemon.logged}`, { cause: error });
  }
}
