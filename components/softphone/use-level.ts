'use client';

import { useEffect, useState } from 'react';
import { openMicrophone, voiceConstraints } from '@/lib/client/phone/device-choice';

const LOOK_MS = 80;
/** Speech into a headset has an effective value of about a tenth of full scale. */
const FULL = 0.25;

function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.min(1, Math.sqrt(sum / samples.length) / FULL);
}

/** A microphone that is looked at. */
export interface Microphone {
  /** `none`: the browser gives none: it was not allowed, there is none, or the page is not secure. */
  readonly state: 'asking' | 'open' | 'none';
  /** How loud it is, 0 to 1. */
  readonly level: number;
}

const ASKING: Microphone = { state: 'asking', level: 0 };
const NONE: Microphone = { state: 'none', level: 0 };

/** How loud a microphone is, while it is looked at; null: the system's. */
export function useLevel(microphoneId: string | null): Microphone {
  const [microphone, setMicrophone] = useState(ASKING);
  useEffect(() => {
    setMicrophone(ASKING);
    let isOver = false;
    let end = (): void => undefined;
    openMicrophone(voiceConstraints(microphoneId)).then(
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
          setMicrophone({ state: 'open', level: levelOf(samples) });
        }, LOOK_MS);
        end = () => {
          clearInterval(timer);
          stop();
          void context.close();
        };
      },
      () => {
        if (!isOver) setMicrophone(NONE);
      },
    );
    return () => {
      isOver = true;
      end();
    };
  }, [microphoneId]);
  return microphone;
}
