/** The product's own mark, a bridge; in the colour of its surroundings. */
export function BridgeMark({ className }: { className?: string | undefined }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.25"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
    >
      <path d="M2 11.500h12M4.500 5v8M11.500 5v8" />
      <path d="M2 8.500c1.500 0 2.500-1.400 2.500-3.500 0 2.400 1.500 3.800 3.500 3.800s3.500-1.400 3.500-3.800c0 2.100 1 3.500 2.500 3.500M8 8.800v2.700" />
    </svg>
  );
}
