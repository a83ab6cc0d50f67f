import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram } from './peers.mjs';

/** Headless, as root, asking nobody outside, with sound that needs no hand and media on loopback. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection',
];

/** What the page keeps between our questions. */
interface VoicePage {
  connection: RTCPeerConnection;
  analyser: AnalyserNode;
}

/** A browser's end of a call: a peer connection that plays a tone and listens for others. */
export class BrowserVoice {
  private readonly browser: Browser;
  private readonly page: Page;

  private constructor(browser: Browser, page: Page) {
    this.browser = browser;
    this.page = page;
  }

  /** `configuration`: how it finds its way; by itself unless given. */
  static async start(
    toneHz: number,
    codec?: string,
    configuration: RTCConfiguration = {},
  ): Promise<BrowserVoice> {
    const executablePath = findProgram('chromium');
    if (executablePath === null) throw new Error('chromium is not installed');
    const browser = await chromium.launch({ executablePath, args: ARGS });
    const page = await browser.newPage();
    // A page of this machine's: only such a one is trusted with a microphone, and with addresses.
    await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '<p>' }));
    await page.goto('http://localhost/');
    await page.evaluate(
      async ([hz, mimeType, way]) => {
        await navigator.mediaDevices.getUserMedia({ audio: true });
        const context = new AudioContext();
        await context.resume();
        const connection = new RTCPeerConnection(way);
        const destination = context.createMediaStreamDestination();
        const oscillator = context.createOscillator();
        oscillator.frequency.value = hz;
        oscillator.connect(destination);
        oscillator.start();
        const [track] = destination.stream.getAudioTracks();
        if (!track) throw new Error('no track');
        // Unlike a transceiver of our own, a track finds its place in an offer too (RFC 8829 §5.10).
        connection.addTrack(track);
        const [transceiver] = connection.getTransceivers();
        const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
        const wanted = codecs.filter((one) => one.mimeType === mimeType);
        if (wanted.length > 0) transceiver?.setCodecPreferences(wanted);
        const analyser = context.createAnalyser();
        analyser.fftSize = 32_768;
        connection.ontrack = ({ track: theirs }) => {
          const stream = new MediaStream([theirs]);
          // Chromium decodes only what an element plays.
          const element = new Audio();
          element.srcObject = stream;
          element.muted = true;
          void element.play();
          context.createMediaStreamSource(stream).connect(analyser);
        };
        Object.assign(window, { voice: { connection, analyser } });
      },
      [toneHz, codec ?? '', configuration] as const,
    );
    return new BrowserVoice(browser, page);
  }

  /** Its offer, without candidates: who is lite does not ask for any. */
  async offer(): Promise<string> {
    return await this.described(null);
  }

  /** Its answer to an offer. */
  async answer(offer: string): Promise<string> {
    return await this.described(offer);
  }

  /** Takes the answer to its offer. */
  async take(sdp: string): Promise<void> {
    await this.page.evaluate(async (answer) => {
      const { connection } = (window as unknown as { voice: VoicePage }).voice;
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    }, sdp);
  }

  /** "connected" once media may flow. */
  async state(): Promise<string> {
    return await this.page.evaluate(
      () => (window as unknown as { voice: VoicePage }).voice.connection.connectionState,
    );
  }

  /** By what kind of address of its own media goes: "host", "relay"; '' while it does not. */
  async way(): Promise<string> {
    return await this.page.evaluate(async () => {
      const { connection } = (window as unknown as { voice: VoicePage }).voice;
      const reports = new Map<string, Record<string, unknown>>();
      (await connection.getStats()).forEach((report, id) => void reports.set(id, report));
      const pair = [...reports.values()].find(
        ({ type, nominated, state }) =>
          type === 'candidate-pair' && nominated === true && state === 'succeeded',
      );
      return String(reports.get(String(pair?.['localCandidateId']))?.['candidateType'] ?? '');
    });
  }

  /** The frequency that is loudest in what it hears; 0 while there is silence. */
  async loudestHz(): Promise<number> {
    return await this.page.evaluate(() => {
      const { analyser } = (window as unknown as { voice: VoicePage }).voice;
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      let best = 0;
      for (let index = 0; index < levels.length; index += 1) {
        if ((levels[index] ?? -200) > (levels[best] ?? -200)) best = index;
      }
      const isSilent = (levels[best] ?? -200) < -80;
      return isSilent ? 0 : (best * analyser.context.sampleRate) / analyser.fftSize;
    });
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }

  private async described(offer: string | null): Promise<string> {
    return await this.page.evaluate(async (theirs) => {
      const { connection } = (window as unknown as { voice: VoicePage }).voice;
      if (theirs !== null) await connection.setRemoteDescription({ type: 'offer', sdp: theirs });
      const description =
        theirs === null ? await connection.createOffer() : await connection.createAnswer();
      await connection.setLocalDescription(description);
      return connection.localDescription?.sdp ?? '';
    }, offer);
  }
}
