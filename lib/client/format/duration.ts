const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** As on a clock: 192 → "3:12", 3723 → "1:02:03". Part seconds are cut. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  const rest = twoDigits(whole % MINUTE);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** The two largest units that matter: 15120 → "4 h 12 min", 48 → "48 s", 1051200 → "12 d 4 h". */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  const units: readonly (readonly [string, number])[] = [
    ['d', Math.floor(whole / DAY)],
    ['h', Math.floor((whole % DAY) / HOUR)],
    ['min', Math.floor((whole % HOUR) / MINUTE)],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(' ');
}
