/** "0.2345" as "23.5 %". */
export function percent(share: string): string {
  return `${(Number(share) * 100).toFixed(1)} %`;
}
