import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually';
import { toneWav, wavSamples } from './tone';

export interface LinphoneOptions {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  /** Where it registers and sends everything, "127.0.0.1:5060". */
  readonly server: string;
  readonly sipPort: number;
  readonly rtpPort: number;
  /** What it says, in Hz. */
  readonly toneHz: number;
  readonly transport?: 'udp' | 'tcp';
  /** Whether it takes every call at once. */
  readonly answers?: boolean;
  /** Whether it speaks PCMU with everybody: its recording follows no change of the rate. */
  readonly onlyPcmu?: boolean;
}

const WAV_RATE_OFFSET = 24;

/** linphonec, driven by its own commands, playing a tone from a file and recording what it hears. */
export class Linphone {
  private readonly dir: string;
  private readonly child: ChildProcess;
  private log = '';

  private constructor(dir: string, child: ChildProcess) {
    this.dir = dir;
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.log += String(chunk);
      });
    }
    child.stdin?.on('error', () => undefined);
  }

  /** Starts it and waits until it is registered. */
  static async start(options: LinphoneOptions): Promise<Linphone> {
    const dir = mkdtempSync(path.join(tmpdir(), 'tollbridge-linphone-'));
    // It saves nothing, and then does not register, where this folder is missing.
    mkdirSync(path.join(dir, '.local/share/linphone'), { recursive: true });
    writeFileSync(path.join(dir, 'tone.wav'), toneWav(options.toneHz, 60));
    const settings = path.join(dir, 'linphonerc');
    writeFileSync(settings, settingsOf(options));
    const args = ['-c', settings, '-d', '0', ...(options.answers === false ? [] : ['-a'])];
    const child = spawn('linphonec', args, {
      env: { ...process.env, HOME: dir },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const phone = new Linphone(dir, child);
    try {
      phone.command('ipv6 disable');
      phone.command('soundcard use files');
      phone.command(`play ${path.join(dir, 'tone.wav')}`);
      phone.command(`record ${path.join(dir, 'heard.wav')}`);
      await phone.isRegistered();
      return phone;
    } catch (error) {
      await phone.stop();
      throw error;
    }
  }

  /** Waits for a line of its log. */
  async says(text: string | RegExp, withinMs = 10_000): Promise<void> {
    const found = () => (typeof text === 'string' ? this.log.includes(text) : text.test(this.log));
    await eventually(found, withinMs).catch((cause: unknown) => {
      throw new Error(`linphonec never said ${text}:\n${this.log}`, { cause });
    });
  }

  private async isRegistered(): Promise<void> {
    const until = Date.now() + 10_000;
    while (!this.log.includes('registered, identity=')) {
      if (Date.now() > until) throw new Error(`linphonec did not register:\n${this.log}`);
      this.command('status register');
      await sleep(250);
    }
  }

  /** One line, as typed at its prompt. */
  command(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  dial(uri: string): void {
    this.command(`call ${uri}`);
  }

  hold(): void {
    this.command('pause');
  }

  resume(): void {
    this.command('resume 1');
  }

  /** Connects the far sides of its first and second call with each other (REFER with Replaces). */
  transferToEachOther(): void {
    this.command('transfer 1 --to-call 2');
  }

  /** Sends a digit by RFC 4733. */
  press(digit: string): void {
    this.command(digit);
  }

  hangUp(): void {
    this.command('terminate');
  }

  /** The samples it heard (8 kHz, −1 … 1). */
  heard(): Float64Array {
    try {
      const wav = readFileSync(path.join(this.dir, 'heard.wav'));
      const step = Math.max(1, Math.round(wav.readUInt32LE(WAV_RATE_OFFSET) / 8000));
      return wavSamples(wav).filter((_, index) => index % step === 0);
    } catch {
      return new Float64Array();
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Voices that it would rather speak, switched off. */
const ONLY_PCMU = [
  { mime: 'opus', rate: 48_000, channels: 2 },
  { mime: 'speex', rate: 16_000, channels: 1 },
  { mime: 'speex', rate: 8_000, channels: 1 },
  { mime: 'PCMU', rate: 8_000, channels: 1 },
].flatMap(({ mime, rate, channels }, index) => [
  ...[`[audio_codec_${index}]`, `mime=${mime}`, `rate=${rate}`, `channels=${channels}`],
  `enabled=${mime === 'PCMU' ? 1 : 0}`,
]);

function settingsOf(options: LinphoneOptions): string {
  const transport = options.transport ?? 'udp';
  const ports = { udp: 0, tcp: 0, [transport]: options.sipPort };
  return [
    '[sip]',
    `sip_port=${ports.udp}`,
    `sip_tcp_port=${ports.tcp}`,
    'sip_tls_port=0',
    'default_proxy=0',
    '[rtp]',
    `audio_rtp_port=${options.rtpPort}`,
    ...(options.onlyPcmu === true ? ONLY_PCMU : []),
    '[video]',
    'enabled=0',
    '[net]',
    'mtu=1300',
    '[proxy_0]',
    `reg_proxy=<sip:${options.server};transport=${transport}>`,
    `reg_identity=sip:${options.user}@${options.domain}`,
    `reg_route=<sip:${options.server};transport=${transport};lr>`,
    'reg_expires=300',
    'reg_sendregister=1',
    '[auth_info_0]',
    `username=${options.user}`,
    `userid=${options.user}`,
    `passwd=${options.password}`,
    `realm=${options.domain}`,
    `domain=${options.domain}`,
    '',
  ].join('\n');
}
