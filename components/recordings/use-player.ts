'use client';

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

const MS = 1_000;

/** How fast it may be played. */
export const SPEEDS = ['1', '1.5', '2'] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Player {
  audio: RefObject<HTMLAudioElement | null>;
  isPlaying: boolean;
  hasFailed: boolean;
  /** Where it is, in milliseconds. */
  atMs: number;
  speed: Speed;
  toggle: () => void;
  seek: (toMs: number) => void;
  setSpeed: (speed: Speed) => void;
}

/** Plays what an audio element has, and says where it is. Nothing is fetched before it is played. */
export function usePlayer(): Player {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const [atMs, setAt] = useState(0);
  const [speed, setSpeed] = useState<Speed>('1');

  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    const told = () => setAt(element.currentTime * MS);
    const changed = () => setPlaying(!element.paused && !element.ended);
    const failed = () => setFailed(true);
    const states = ['play', 'pause', 'ended'] as const;
    element.addEventListener('timeupdate', told);
    element.addEventListener('error', failed);
    for (const name of states) element.addEventListener(name, changed);
    return () => {
      element.pause();
      element.removeEventListener('timeupdate', told);
      element.removeEventListener('error', failed);
      for (const name of states) element.removeEventListener(name, changed);
    };
  }, []);

  // A player tells four times a second where it is; what moves is looked at with every frame.
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function look() {
      setAt((audio.current?.currentTime ?? 0) * MS);
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);

  const toggle = useCallback(() => {
    const element = audio.current;
    if (!element) return;
    setFailed(false);
    if (element.paused) element.play().catch(() => setFailed(true));
    else element.pause();
  }, []);
  const seek = useCallback((toMs: number) => {
    if (audio.current) audio.current.currentTime = toMs / MS;
    setAt(toMs);
  }, []);
  const choose = useCallback((wanted: Speed) => {
    if (audio.current) audio.current.playbackRate = Number(wanted);
    setSpeed(wanted);
  }, []);
  return { audio, isPlaying, hasFailed, atMs, speed, toggle, seek, setSpeed: choose };
}
