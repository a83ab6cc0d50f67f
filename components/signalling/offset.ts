/** Seconds since the first message, to the millisecond; minutes where there are many: "4:36.812". */
export function formatOffset(offsetMs: number): string {
  const seconds = offsetMs / 1_000;
  if (seconds < 600) return seconds.toFixed(3);
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, '0')}`;
}
