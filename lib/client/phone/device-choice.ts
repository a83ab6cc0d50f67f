/** Which microphone and loudspeaker this browser uses; null: whatever the system says. */
export interface DeviceChoice {
  readonly microphoneId: string | null;
  readonly speakerId: string | null;
}

const KEY = 'tollbridge.phone.devices';
const SYSTEM: DeviceChoice = { microphoneId: null, speakerId: null };

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What was chosen on this machine; nothing is remembered anywhere else. */
export function readDeviceChoice(): DeviceChoice {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return SYSTEM;
    return {
      microphoneId: 'microphoneId' in kept ? textOrNull(kept.microphoneId) : null,
      speakerId: 'speakerId' in kept ? textOrNull(kept.speakerId) : null,
    };
  } catch {
    // No storage, or something else under this name: the system decides.
    return SYSTEM;
  }
}

export function keepDeviceChoice(choice: DeviceChoice): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    // It then holds for this page.
  }
}

/** What getUserMedia is asked for; null: the system's. Chromium takes no notice of `ideal` here. */
export function voiceConstraints(
  microphoneId: string | null = readDeviceChoice().microphoneId,
): MediaStreamConstraints {
  return {
    audio: microphoneId === null ? true : { deviceId: { exact: microphoneId } },
    video: false,
  };
}

/**
 * Opens a microphone. One that was unplugged ends no call: any other will do. Rejects with the browser's
 * own DOMException; NotFoundError also where a page may have none because it did not come safely.
 */
export async function openMicrophone(
  asked: MediaStreamConstraints = voiceConstraints(),
): Promise<MediaStream> {
  if (!('mediaDevices' in navigator)) {
    throw new DOMException('Microphones are for pages that came by https.', 'NotFoundError');
  }
  const { mediaDevices } = navigator;
  try {
    return await mediaDevices.getUserMedia(asked);
  } catch (error) {
    const isGone =
      error instanceof DOMException && /^(Overconstrained|NotFound)Error$/.test(error.name);
    if (!isGone || asked.audio === true) throw error;
    return await mediaDevices.getUserMedia(voiceConstraints(null));
  }
}
