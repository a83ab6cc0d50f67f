import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { toneShare } from '@/tests/support/tone';

/** What the phone of a page is heard and seen by: devices, tones, tab, notification. */
const NUMBER = '109';
const DESK = '103';

let browser: Browser;
let lab: Lab;

async function open(prepare?: () => void) {
  const opened = await visit(browser, { path: '/overview', as: 'acme' });
  const { page } = opened;
  await page.addInitScript(listenToThePage);
  if (prepare) await page.addInitScript(prepare);
  await page.reload();
  await page.getByRole('button', { name: /^Phone ready/ }).click();
  await settled(opened);
  return { ...opened, phone: page.getByRole('complementary', { name: 'Phone' }) };
}

function startDesk(): Promise<Baresip> {
  return Baresip.start({
    ...{ user: DESK, domain: 'acme.lab.test', password: `lab-acme-${DESK}`, server: lab.sip },
    ...{ sipPort: 15_780, rtpPort: 18_780, controlPort: 15_785, toneHz: 1_000, answers: false },
  });
}

/** In the page, before anything else: what is sent to the loudspeaker by itself, not by a call, is kept. */
function listenToThePage(): void {
  const connect = AudioNode.prototype.connect as (...args: unknown[]) => AudioNode;
  const analysers = new Map<BaseAudioContext, AnalyserNode>();
  const sinks: string[] = [];
  const senders: RTCPeerConnection[] = [];
  Object.assign(globalThis, { analysers, sinks, senders, notes: [] });
  AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
    const [target] = args;
    if (target instanceof AudioDestinationNode) {
      const known = analysers.get(target.context);
      const analyser = known ?? new AnalyserNode(target.context, { fftSize: 16_384 });
      analysers.set(target.context, analyser);
      connect.call(this, analyser);
    }
    return connect.call(this, ...args);
  } as AudioNode['connect'];
  const { setSinkId } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.setSinkId = function (this: HTMLMediaElement, id: string) {
    sinks.push(id);
    return setSinkId.call(this, id);
  };
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      senders.push(this);
    }
  };
}

interface Played {
  readonly samples: Float64Array;
  /** The share of a frequency in them. */
  share(hertz: number): number;
}

/** What the page plays now, of itself. */
async function played(page: Page): Promise<Played> {
  const { rateHz, values } = await page.evaluate(() => {
    const { analysers } = globalThis as unknown as {
      analysers: Map<BaseAudioContext, AnalyserNode>;
    };
    const [analyser] = analysers.values();
    if (!analyser) return { rateHz: 8_000, values: [] };
    const all = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(all);
    const step = Math.round(analyser.context.sampleRate / 8_000);
    const values = [...all.filter((_, index) => index % step === 0)].slice(-1_000);
    return { rateHz: analyser.context.sampleRate / step, values };
  });
  const samples = Float64Array.from(values);
  // As if they were at 8 kHz.
  return { samples, share: (hertz) => toneShare(samples, (hertz * 8_000) / rateHz) };
}

/** Waits until the page plays these together, and nothing else. */
async function plays(page: Page, hertz: readonly number[]): Promise<void> {
  let last: number[] = [];
  await eventually(async () => {
    const { samples, share } = await played(page);
    last = hertz.map(share);
    return (
      samples.some((sample) => Math.abs(sample) > 1e-3) && Math.min(...last) > 0.7 / hertz.length
    );
  }, 15_000).catch((cause: unknown) => {
    throw new Error(`${hertz.join('+')} Hz were ${last.join()}`, { cause });
  });
}

const silent = (page: Page) =>
  eventually(
    async () => (await played(page)).samples.every((sample) => Math.abs(sample) < 1e-4),
    15_000,
  );

/** The names of the microphones that calls of the page speak through. */
const spokenThrough = (page: Page) =>
  page.evaluate(() => {
    const { senders } = globalThis as unknown as { senders: RTCPeerConnection[] };
    return senders
      .filter(({ connectionState }) => connectionState === 'connected')
      .flatMap((one) => one.getSenders().map(({ track }) => track?.label));
  });

describeLab('the phone in the browser', () => {
  const withDesk = test.skipIf(!hasPeer('baresip'));
  let desk: Baresip | undefined;

  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await lab.sql(
      `UPDATE extension SET user_id = (SELECT id FROM "user" WHERE email = 'acme@lab.test')
        WHERE number = $1 AND tenant_id = (SELECT id FROM tenant WHERE domain = 'acme.lab.test')`,
      [NUMBER],
    );
  });

  afterEach(async () => {
    await desk?.stop();
    desk = undefined;
  });

  afterAll(async () => {
    await lab?.sql(
      `UPDATE extension SET user_id = NULL
        WHERE number = $1 AND tenant_id = (SELECT id FROM tenant WHERE domain = 'acme.lab.test')`,
      [NUMBER],
    );
    await lab?.close();
    await browser?.close();
  });

  withDesk(
    'shows how loud the microphone is, and talks through the devices that are chosen',
    async () => {
      const { page, phone, complaints, close } = await open();
      await phone.getByRole('button', { name: 'Microphone and speaker' }).click();
      const meter = phone.getByRole('meter', { name: 'What the microphone hears' });
      // The microphone of tests beeps: loud for a moment, then silent.
      const levels: number[] = [];
      await eventually(async () => {
        levels.push(Number(await meter.getAttribute('aria-valuenow')));
        return Math.max(...levels) > 0.05 && Math.min(...levels) < 0.01;
      }, 15_000);
      expect(await faultsInEveryLook(page, 'softphone-devices')).toEqual([]);
      const choose = async (what: string, which: RegExp): Promise<string> => {
        await phone.getByRole('combobox', { name: what }).click();
        const option = page.getByRole('option', { name: which });
        const name = (await option.textContent()) ?? '';
        await option.click();
        return name;
      };
      const second = await choose('Microphone', /Fake Audio Input 2/);
      await choose('Speaker', /Fake Audio Output 2/);
      desk = await startDesk();
      await desk.says('200 OK');
      await phone.getByLabel('Number').fill(DESK);
      await phone.getByRole('button', { name: 'Call', exact: true }).click();
      await desk.says('CALL_INCOMING');
      desk.accept();
      await phone.getByText('Connected').waitFor();
      await eventually(async () => (await spokenThrough(page)).join() === second).catch(
        async (cause: unknown) => {
          throw new Error(`${JSON.stringify(await spokenThrough(page))} not ${second}`, { cause });
        },
      );
      const speaker = await page.evaluate(async () => {
        const all = await navigator.mediaDevices.enumerateDevices();
        return all.find(({ kind, label }) => kind === 'audiooutput' && label.includes('Output 2'));
      });
      const sinks = () =>
        page.evaluate(() => (globalThis as unknown as { sinks: string[] }).sinks.at(-1));
      await eventually(async () => (await sinks()) === speaker?.deviceId);
      // In the middle of the call another one.
      const first = await choose('Microphone', /Fake Audio Input 1/);
      await eventually(async () => (await spokenThrough(page)).join() === first);
      await choose('Speaker', /As the system says/);
      await eventually(async () => (await sinks()) === '');
      await phone.getByRole('button', { name: 'Hang up' }).click();
      // Both are remembered on this machine.
      await page.reload();
      await page.getByRole('button', { name: /^Phone ready/ }).click();
      await phone.getByRole('button', { name: 'Microphone and speaker' }).click();
      await phone.getByRole('combobox', { name: 'Microphone' }).getByText(first).waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test('names other microphones where the one that is heard is dead silent', async () => {
    const { page, phone, close } = await open(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (asked) => {
        await real(asked);
        return new AudioContext().createMediaStreamDestination().stream;
      };
    });
    await phone.getByRole('button', { name: 'Microphone and speaker' }).click();
    await phone.getByRole('combobox', { name: 'Microphone' }).click();
    await page.getByRole('option', { name: /Fake Audio Input 2/ }).waitFor();
    await close();
  });

  test('says that the browser gives no microphone', async () => {
    const { phone, close } = await open(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await phone.getByRole('button', { name: 'Microphone and speaker' }).click();
    await phone.getByText('The browser gives no microphone').waitFor();
    await phone.getByLabel('Number').fill(DESK);
    await phone.getByRole('button', { name: 'Call', exact: true }).click();
    await phone.getByText('The browser gave no microphone').waitFor();
    await close();
  });

  withDesk(
    'rings and says busy as the country does, and leaves the one that was called last to be called again',
    async () => {
      desk = await startDesk();
      await desk.says('200 OK');
      for (const [country, ringing, busy] of [
        ['DE', [425], [425]],
        ['US', [440, 480], [480, 620]],
      ] as const) {
        await lab.sql(`UPDATE tenant SET country = $1 WHERE domain = 'acme.lab.test'`, [country]);
        const { page, phone, close } = await open();
        await phone.getByLabel('Number').fill(DESK);
        await phone.getByRole('button', { name: 'Call', exact: true }).click();
        await phone.getByText('Ringing').waitFor();
        await plays(page, ringing);
        await silent(page);
        const before = desk.times('CALL_CLOSED');
        desk.hangUp();
        await phone.getByText('Busy', { exact: true }).waitFor();
        await plays(page, busy);
        await eventually(() => (desk?.times('CALL_CLOSED') ?? 0) > before);
        // It is over by itself; then the call stands in the history.
        await phone.getByLabel('Number').waitFor();
        await silent(page);
        await phone
          .getByRole('button', { name: `Call ${DESK}` })
          .first()
          .click();
        await eventually(async () => (await phone.getByLabel('Number').inputValue()) === DESK);
        await close();
      }
    },
  );

  withDesk('tells of a call while its page is out of sight, and declines it', async () => {
    desk = await startDesk();
    await desk.says('200 OK');
    const { page, phone, close } = await open(() => {
      Object.defineProperty(document, 'hidden', { get: () => true });
      const notes: { title: string; body: string | undefined }[] = [];
      let permission: NotificationPermission = 'default';
      class Note {
        static get permission() {
          return permission;
        }
        static async requestPermission() {
          permission = 'granted';
          return permission;
        }
        constructor(title: string, options?: NotificationOptions) {
          notes.push({ title, body: options?.body });
        }
        close() {
          notes.pop();
        }
      }
      Object.assign(globalThis, { notes, Notification: Note });
    });
    const notes = () =>
      page.evaluate(() => (globalThis as unknown as { notes: { title: string }[] }).notes);
    await phone.getByText('Be told of calls while this page is out of sight').waitFor();
    expect(await faultsInEveryLook(page, 'softphone-notify')).toEqual([]);
    await phone.getByRole('button', { name: 'Turn on' }).click();
    await phone.getByRole('button', { name: 'Turn on' }).waitFor({ state: 'detached' });
    const title = await page.title();
    desk.dial(`sip:${NUMBER}@acme.lab.test`);
    await phone.getByRole('region', { name: 'Incoming call' }).waitFor();
    await eventually(async () => (await notes()).length === 1);
    expect(await page.title()).toMatch(/is calling$/);
    await plays(page, [620, 780]);
    await phone.getByRole('button', { name: 'Decline' }).click();
    await desk.says(/603/);
    await eventually(async () => (await notes()).length === 0 && (await page.title()) === title);
    await silent(page);
    await close();
  });
});
