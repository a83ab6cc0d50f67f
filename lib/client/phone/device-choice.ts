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

/** What getUserMedia is asked for. One that was unplugged does not end a call: any other will do. */
export function voiceConstraints(): MediaStreamConstraints {
  const { microphoneId } = readDeviceChoice();
  return {
    audio: microphoneId === null ? true : { deviceId: { ideal: microphoneId } },
    video: false,
  };
}
