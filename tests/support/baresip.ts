import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually';
import { toneWav, wavSamples } from './tone';

/** From one key to the next, as fast as people press them. */
const KEY_MS = 300;

export interface BaresipOptions {
  /** "sip:101@acme.lab.test" is user 101 of that domain. */
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  /** Where it registers, "127.0.0.1:5060"; absent: nowhere, it is called where it is. */
  readonly server?: string;
  /** The loopback address that it is; 127.0.0.1 unless told. */
  readonly address?: string;
  readonly sipPort: number;
  readonly controlPort: number;
  readonly rtpPort: number;
  /** What it says, in Hz. */
  readonly toneHz: number;
  readonly transport?: 'udp' | 'tcp' | 'tls';
  /** How it protects its media; with it nothing else is taken. Absent: plain RTP. */
  readonly mediaEncryption?: 'srtp-mand' | 'dtls_srtp';
  /** PEM of certificate and key: it takes calls by TLS too, one port above the other. */
  readonly certificate?: string;
  /** More users it is called as, and calls as by the same secret; it registers none of them. */
  readonly numbers?: readonly string[];
  /** Another proxy in front of its registrar: it keeps a flow by each (RFC 5626). */
  readonly secondServer?: string;
  /** The voices it has, as its accounts name them; PCMU unless told. */
  readonly voices?: string;
  /** Whether it takes every call at once. */
  readonly answers?: boolean;
}

/** A real softphone that plays a tone and records what it hears. */
export class Baresip {
  private readonly dir: string;
  private readonly child: ChildProcess;
  private readonly socket: Socket;
  private log = '';

  private constructor(parts: { dir: string; child: ChildProcess; socket: Socket }) {
    this.dir = parts.dir;
    this.child = parts.child;
    this.socket = parts.socket;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.log += String(chunk);
      });
    }
    this.socket.on('data', (chunk) => {
      this.log += String(chunk);
    });
    this.socket.on('error', () => undefined);
  }

  /** Starts it; it registers by itself and answers every call. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const dir = mkdtempSync(path.join(tmpdir(), 'tollbridge-baresip-'));
    const address = options.address ?? '127.0.0.1';
    // It plays nothing that has fewer channels than its voice.
    const channels = options.voices?.endsWith('/2') ? 2 : 1;
    writeFileSync(path.join(dir, 'tone.wav'), toneWav(options.toneHz, 60, channels));
    writeFileSync(path.join(dir, 'config'), settingsOf(options, dir));
    writeFileSync(path.join(dir, 'accounts'), accountsOf(options));
    if (options.certificate) writeFileSync(path.join(dir, 'cert.pem'), options.certificate);
    const child = spawn('baresip', ['-4', '-f', dir, '-n', address, '-t', '120'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const socket = await connected(options.controlPort).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return new Baresip({ dir, child, socket });
  }

  /** Waits for a line of its log. */
  async says(text: string | RegExp, withinMs = 10_000): Promise<void> {
    const found = () => (typeof text === 'string' ? this.log.includes(text) : text.test(this.log));
    await eventually(found, withinMs).catch((cause: unknown) => {
      throw new Error(`baresip never said ${text}:\n${this.log}`, { cause });
    });
  }

  /** How often a text is in its log. */
  times(text: string): number {
    return this.log.split(text).length - 1;
  }

  dial(number: string): void {
    this.command('dial', number);
  }

  /** Calls from now on as this user, one of its numbers. */
  callAs(uri: string): void {
    this.command('uafind', uri);
  }

  /** Sends the other side of its call elsewhere (REFER). */
  transfer(uri: string): void {
    this.command('transfer', uri);
  }

  /** Takes the call that rings. */
  accept(): void {
    this.command('accept');
  }

  /** Presses keys, one after the other. */
  async press(keys: string): Promise<void> {
    for (const key of keys) {
      this.command('sndcode', key);
      await new Promise((resolve) => setTimeout(resolve, KEY_MS));
    }
  }

  hold(): void {
    this.command('hold');
  }

  resume(): void {
    this.command('resume');
  }

  hangUp(): void {
    this.command('hangup');
  }

  /** The samples it heard (8 kHz, −1 … 1), as far as they were written down. */
  heard(): Float64Array {
    // A file for each call, and one more each time that its sound begins anew.
    const files = readdirSync(this.dir).filter((name) => name.endsWith('-dec.wav'));
    const parts = files
      .sort()
      .map((file) => [...wavSamples(readFileSync(path.join(this.dir, file)))]);
    return Float64Array.from(parts.flat());
  }

  async stop(): Promise<void> {
    this.socket.destroy();
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  private command(command: string, params?: string): void {
    const text = JSON.stringify({ command, ...(params === undefined ? {} : { params }) });
    this.socket.write(`${Buffer.byteLength(text)}:${text},`);
  }
}

function settingsOf(options: BaresipOptions, dir: string): string {
  const { address = '127.0.0.1', sipPort, controlPort, rtpPort, certificate } = options;
  return [
    'poll_method epoll',
    `sip_listen ${address}:${sipPort}`,
    ...(certificate === undefined ? [] : [`sip_certificate ${path.join(dir, 'cert.pem')}`]),
    `audio_source aufile,${path.join(dir, 'tone.wav')}`,
    'audio_srate 8000',
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'audio_channels 1',
    `rtp_ports ${rtpPort}-${rtpPort + 20}`,
    'module_path /usr/lib/baresip/modules',
    'module g711.so',
    'module g722.so',
    'module opus.so',
    ...encryptionOf(options),
    ...(options.secondServer === undefined ? [] : ['module_app uuid.so']),
    'module aufile.so',
    'module sndfile.so',
    `snd_path ${dir}`,
    'module_app account.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    '',
  ].join('\n');
}

function encryptionOf({ mediaEncryption }: BaresipOptions): string[] {
  if (mediaEncryption === undefined) return [];
  // Only with RTCP on the same port does one handshake protect both.
  if (mediaEncryption === 'dtls_srtp') return ['module dtls_srtp.so', 'rtcp_mux yes'];
  return ['module srtp.so'];
}

function accountsOf(options: BaresipOptions): string {
  const { user, domain, password, server, transport = 'udp' } = options;
  const { secondServer, numbers = [] } = options;
  const proxy = (host: string): string => `"sip:${host};transport=${transport}"`;
  const outbound = [
    ...(server === undefined ? [] : [`outbound=${proxy(server)}`]),
    ...(secondServer === undefined ? [] : [`outbound2=${proxy(secondServer)}`, 'sipnat=outbound']),
  ];
  const manner = options.answers === false ? 'manual' : 'auto';
  const account = (name: string, regint: number): string =>
    [
      `<sip:${name}@${domain};transport=${transport}>`,
      `auth_user=${user}`,
      `auth_pass=${password}`,
      ...outbound,
      `regint=${regint}`,
      `answermode=${manner}`,
      `audio_codecs=${options.voices ?? 'PCMU'}`,
      ...(options.mediaEncryption === undefined ? [] : [`mediaenc=${options.mediaEncryption}`]),
    ].join(';');
  const own = account(user, server === undefined ? 0 : 300);
  return [own, ...numbers.map((number) => account(number, 0)), ''].join('\n');
}

async function connected(port: number): Promise<Socket> {
  let socket: Socket | undefined;
  await eventually(
    () =>
      new Promise<boolean>((resolve) => {
        const attempt = connect(port, '127.0.0.1');
        attempt.once('connect', () => {
          socket = attempt;
          resolve(true);
        });
        attempt.once('error', () => resolve(false));
      }),
  );
  if (!socket) throw new Error(`nobody listens on ${port}`);
  return socket;
}
