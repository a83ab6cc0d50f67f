import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepDeviceChoice, openMicrophone } from '@/lib/client/phone/device-choice';

/** A browser with these microphones; what it was asked for, in order. */
function browserWith(microphones: readonly string[], refusal?: string) {
  const asked: unknown[] = [];
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  const getUserMedia = async ({ audio }: MediaStreamConstraints) => {
    asked.push(audio);
    if (refusal !== undefined) throw new DOMException('no', refusal);
    if (audio === true) return 'default';
    const { exact } = (audio as { deviceId: { exact: string } }).deviceId;
    if (!microphones.includes(exact)) throw new DOMException('gone', 'OverconstrainedError');
    return exact;
  };
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe('the microphone of a call', () => {
  it('is the one that was chosen on this machine, else the system’s', async () => {
    browserWith(['headset']);
    expect(await openMicrophone()).toBe('default');
    keepDeviceChoice({ microphoneId: 'headset', speakerId: null });
    expect(await openMicrophone()).toBe('headset');
  });

  it('is any other where that was unplugged', async () => {
    browserWith([]);
    keepDeviceChoice({ microphoneId: 'headset', speakerId: null });
    expect(await openMicrophone()).toBe('default');
  });

  it('is none where the browser says no, which is not asked twice', async () => {
    const asked = browserWith(['headset'], 'NotAllowedError');
    keepDeviceChoice({ microphoneId: 'headset', speakerId: null });
    await expect(openMicrophone()).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect(asked).toHaveLength(1);
  });

  it('is none in a page that did not come safely', async () => {
    vi.stubGlobal('navigator', {});
    await expect(openMicrophone()).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});
