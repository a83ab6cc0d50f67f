import { create } from 'qrcode';

/** Modules of white around the code (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;

export interface QrCodeProps {
  value: string;
  /** What it holds, for those who cannot scan it. */
  label: string;
  sizePixels?: number | undefined;
}

/** A code to scan; black on white in both themes, because cameras expect it. */
export function QrCode({ value, label, sizePixels = 120 }: QrCodeProps) {
  const { modules } = create(value, { errorCorrectionLevel: 'M' });
  const side = modules.size + QUIET_ZONE * 2;
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return (
    <svg
      role="img"
      aria-label={label}
      width={sizePixels}
      height={sizePixels}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      className="shrink-0 rounded-panel border border-line bg-white"
    >
      <path d={path} fill="#000000" />
    </svg>
  );
}
