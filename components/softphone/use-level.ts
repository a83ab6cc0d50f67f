'use client';

import { useEffect, useState } from 'react';

const LOOK_MS = 80;
/** Speech into a headset has an effective value of about a tenth of full scale. */
const FULL = 0.25;

function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.min(1, Math.sqrt(sum / samples.length) / FULL);
}

/** How loud a microphone is, 0 to 1, while it is looked at; null: the browser gives none. */
export function useLevel(microphoneId: string | null, isLooked: boolean): number | null {
  const [level, setLevel] = useState<number | null>(0);
  useEffect(() => {
    if (!isLooked) return;
    let isOver = false;
    let end = (): void => undefined;
    const audio = microphoneId === null ? true : { deviceId: { exact: microphoneId } };
    navigator.mediaDevices.getUserMedia({ audio }).then(
      (stream) => {
        const stop = () => {
          for (const track of stream.getTracks()) track.stop();
        };
        if (isOver) return stop();
        const context = new AudioContext();
        const analyser = context.createAnalyser();
        context.createMediaStreamSource(stream).connect(analyser);
        const samples = new Float32Array(analyser.fftSize);
        const timer = setInterval(() => {
          analyser.getFloatTimeDomainData(samples);
          setLevel(levelOf(samples));
        }, LOOK_MS);
        end = () => {
          clearInterval(timer);
          stop();
          void context.close();
        };
      },
      () => setLevel(null),
    );
    return () => {
      isOver = true;
      end();
    };
  }, [microphoneId, isLooked]);
  return level;
}
