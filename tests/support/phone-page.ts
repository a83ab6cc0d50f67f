import type { Browser, Locator, Page } from 'playwright-core';
import { visit } from './browser';
import { eventually } from './eventually';
import { toneShare } from './tone';

/** What the page keeps between our questions. */
interface HearingPage {
  readonly sockets: WebSocket[];
  readonly listeners: { readonly track: MediaStreamTrack; readonly analyser: AnalyserNode }[];
}

const RATE_HZ = 8_000;
/** Beyond that a tone is what is heard; under the other it is not there. */
const CLEAR = 0.8;
const ABSENT = 0.02;
/** Softer than this is silence (full scale is 1). */
const SILENCE = 1e-3;

/** A person's portal with its phone open: it speaks a tone, and can be asked what it hears. */
export class PhonePage {
  readonly page: Page;
  readonly phone: Locator;
  readonly toneHz: number;
  readonly close: () => Promise<void>;

  private constructor(page: Page, toneHz: number, close: () => Promise<void>) {
    this.page = page;
    this.toneHz = toneHz;
    this.close = close;
    this.phone = page.getByRole('complementary', { name: 'Phone' });
  }

  static async open(
    browser: Browser,
    { who, toneHz }: { readonly who: 'acme' | 'birch'; readonly toneHz: number },
  ): Promise<PhonePage> {
    const { page, close } = await visit(browser, { path: '/overview', as: who });
    await page.addInitScript(speakAndListen, toneHz);
    await page.reload();
    await page.getByRole('button', { name: /^Phone ready/ }).click();
    return new PhonePage(page, toneHz, close);
  }

  async dial(number: string): Promise<void> {
    await this.phone.getByLabel('Number').fill(number);
    await this.phone.getByRole('button', { name: 'Call', exact: true }).click();
  }

  async accept(): Promise<void> {
    await this.phone.getByRole('button', { name: 'Accept' }).click();
    await this.shows('Connected');
  }

  async press(name: string): Promise<void> {
    await this.phone.getByRole('button', { name, exact: true }).click();
  }

  async shows(text: string | RegExp): Promise<void> {
    await this.phone.getByText(text).first().waitFor();
  }

  /** Waits until the phone is on the line: its extension's name stands where its trouble would. */
  async ready(): Promise<void> {
    await this.phone
      .locator('header')
      .getByText(/^Extension/)
      .waitFor();
  }

  /** The network takes the connection to the switch away. */
  async loseConnection(): Promise<void> {
    await this.page.evaluate(() => {
      const { sockets } = globalThis as unknown as HearingPage;
      for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.close();
    });
  }

  /** Waits until a tone is what is heard, and nothing else. */
  async hears(toneHz: number): Promise<void> {
    await this.until((samples) => toneShare(samples, toneHz) > CLEAR);
  }

  /** Waits until a tone is not heard, whatever else is. */
  async hearsNo(toneHz: number): Promise<void> {
    await this.until(
      (samples) => energyOf(samples) < SILENCE || toneShare(samples, toneHz) < ABSENT,
    );
  }

  private async until(holds: (samples: Float64Array) => boolean): Promise<void> {
    let last: Float64Array | undefined;
    await eventually(async () => {
      last = await this.listen();
      return holds(last);
    }, 20_000).catch((cause: unknown) => {
      const [hz, share] = loudest(last ?? new Float64Array(0));
      throw new Error(`heard ${hz} Hz (${share.toFixed(2)}) instead`, { cause });
    });
  }

  /** The last half second of all that is heard, at 8 kHz. */
  private async listen(): Promise<Float64Array> {
    const samples = await this.page.evaluate(() => {
      const { listeners } = globalThis as unknown as HearingPage;
      const live = listeners.filter(({ track }) => track.readyState === 'live');
      const mixed = new Float32Array(live[0]?.analyser.fftSize ?? 0);
      for (const { analyser } of live) {
        const own = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(own);
        for (let index = 0; index < own.length; index += 1) {
          mixed[index] = (mixed[index] ?? 0) + (own[index] ?? 0);
        }
      }
      const step = Math.round((live[0]?.analyser.context.sampleRate ?? 8_000) / 8_000);
      const thinned: number[] = [];
      for (let index = 0; index < mixed.length; index += step) thinned.push(mixed[index] ?? 0);
      return thinned;
    });
    return Float64Array.from(samples);
  }
}

function energyOf(samples: Float64Array): number {
  return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length));
}

function loudest(samples: Float64Array): readonly [hz: number, share: number] {
  let best: readonly [number, number] = [0, 0];
  for (let hz = 100; hz < RATE_HZ / 2; hz += 20) {
    const share = toneShare(samples, hz);
    if (share > best[1]) best = [hz, share];
  }
  return best;
}

/** In the page, before anything else: the microphone is a tone, and all that comes in is kept. */
function speakAndListen(toneHz: number): void {
  const context = new AudioContext({ sampleRate: 48_000 });
  const listeners: { track: MediaStreamTrack; analyser: AnalyserNode }[] = [];
  const sockets: WebSocket[] = [];
  Object.assign(globalThis, { listeners, sockets });
  const NativeSocket = WebSocket;
  globalThis.WebSocket = class extends NativeSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    const destination = context.createMediaStreamDestination();
    const oscillator = new OscillatorNode(context, { frequency: toneHz });
    const gain = new GainNode(context, { gain: 0.4 });
    oscillator.connect(gain).connect(destination);
    oscillator.start();
    return destination.stream;
  };
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => {
        void context.resume();
        const analyser = new AnalyserNode(context, { fftSize: 32_768 });
        context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
        listeners.push({ track, analyser });
      });
    }
  };
}
