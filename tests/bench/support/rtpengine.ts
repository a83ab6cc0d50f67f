import { spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bencoded, bencode, textIn } from './bencode';
import { legSdp, portOf } from './engine-calls';
import { freeUdpPort, pin } from './processes';
import type { RelayUnderTest } from './relay-under-test';

const START_TIMEOUT_MS = 10_000;
const REPLY_MS = 2_000;
/** No call of a bench is ended for its silence while another relay has its turn. */
const NEVER_SECONDS = '36000';

/** rtpengine beside ours; undefined where it is not installed. */
export interface Rtpengine extends RelayUnderTest {
  readonly version: string;
}

/** One request of the ng protocol at a time. */
class NgClient {
  private readonly socket: Socket;
  private readonly port: number;
  private serial = 0;

  constructor(socket: Socket, port: number) {
    this.socket = socket;
    this.port = port;
  }

  async ask(command: { readonly [key: string]: Bencoded }): Promise<string> {
    this.serial += 1;
    const answer = once(this.socket, 'message', { signal: AbortSignal.timeout(REPLY_MS) });
    this.socket.send(`c${this.serial} ${bencode(command)}`, this.port, '127.0.0.1');
    const [bytes] = await answer;
    return String(bytes);
  }

  /** Says a leg's description; the port that the other leg is to be told. */
  async say(command: { readonly [key: string]: Bencoded }): Promise<number> {
    const answer = await this.ask({ ...command, ICE: 'remove' });
    const port = portOf(textIn(answer, 'sdp') ?? '');
    if (port === 0) throw new Error(`rtpengine answers: ${answer}`);
    return port;
  }

  async untilUp(): Promise<void> {
    const untilMs = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < untilMs) {
      const signal = AbortSignal.timeout(200);
      const answer = once(this.socket, 'message', { signal }).catch(() => undefined);
      this.socket.send(`up ${bencode({ command: 'ping' })}`, this.port, '127.0.0.1');
      if ((await answer) !== undefined) return;
      await sleep(50);
    }
    throw new Error('rtpengine did not start');
  }
}

async function makeCalls(ng: NgClient, legPorts: readonly number[]): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let leg = 0; leg + 1 < legPorts.length; leg += 2) {
    const call = { 'call-id': `call-${leg}`, 'from-tag': 'a' };
    const [a, b] = [legSdp(legPorts[leg] ?? 0), legSdp(legPorts[leg + 1] ?? 0)].map(String);
    const toCallee = await ng.say({ command: 'offer', ...call, sdp: a ?? '' });
    const answer = { command: 'answer', ...call, 'to-tag': 'b', sdp: b ?? '' };
    ports.push(await ng.say(answer), toCallee);
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
}): Promise<Rtpengine | undefined> {
  const { stdout, stderr } = spawnSync('rtpengine', ['--version'], { encoding: 'utf8' });
  const version = /Version: (\d+[.\d]*)/.exec(`${stdout}${stderr}`)?.[1];
  if (version === undefined) return undefined;
  const ngPort = await freeUdpPort();
  const flags = [
    ...['--table=-1', '--num-threads=1', '--media-num-threads=1', '--foreground', '--log-stderr'],
    ...['--config-file=none', '--log-level=3', '--interface=127.0.0.1'],
    `--listen-ng=127.0.0.1:${ngPort}`,
    ...[`--port-min=${options.portMin}`, `--port-max=${options.portMax}`],
    ...[`--timeout=${NEVER_SECONDS}`, `--silent-timeout=${NEVER_SECONDS}`],
  ];
  const child = spawn('rtpengine', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-4_000);
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  const stop = async () => {
    process.off('exit', kill);
    socket.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'exit');
  };
  try {
    await once(socket, 'listening');
    const ng = new NgClient(socket, ngPort);
    await ng.untilUp();
    const pid = child.pid ?? 0;
    pin(pid, 'measured');
    return { pid, version, ports: await makeCalls(ng, options.legPorts), stop };
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${output}`, { cause: error });
  }
}
