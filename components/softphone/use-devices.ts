'use client';

import { useEffect, useState } from 'react';

/** A microphone or a loudspeaker. */
export interface AudioDevice {
  readonly id: string;
  readonly name: string;
}

export interface AudioDevices {
  readonly microphones: readonly AudioDevice[];
  readonly speakers: readonly AudioDevice[];
}

const NONE: AudioDevices = { microphones: [], speakers: [] };

async function readDevices(): Promise<AudioDevices> {
  const all = await navigator.mediaDevices.enumerateDevices();
  // Without a name until the microphone was once allowed.
  const of = (kind: MediaDeviceKind): AudioDevice[] =>
    all
      .filter((device) => device.kind === kind && device.label !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return { microphones: of('audioinput'), speakers: of('audiooutput') };
}

/** What can be spoken into and heard from, as it comes and goes; empty until it was asked for. */
export function useDevices(isAsked: boolean): AudioDevices {
  const [devices, setDevices] = useState(NONE);
  useEffect(() => {
    // What is known stays while another is asked for.
    if (!isAsked || !('mediaDevices' in navigator)) return;
    const read = () => {
      readDevices().then(setDevices, () => setDevices(NONE));
    };
    read();
    navigator.mediaDevices.addEventListener('devicechange', read);
    return () => navigator.mediaDevices.removeEventListener('devicechange', read);
  }, [isAsked]);
  return devices;
}
