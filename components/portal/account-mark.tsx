import { BridgeMark } from '@/components/shell/brand-mark';
import { Mark } from '@/components/ui/avatar';

/** The mark in the corner: accent for what customers see, ink for the consoles of those who sell. */
export function AccountMark({ kind }: { kind: 'operator' | 'reseller' | 'customer' }) {
  return (
    <Mark tone={kind === 'customer' ? 'accent' : 'ink'}>
      <BridgeMark />
    </Mark>
  );
}
