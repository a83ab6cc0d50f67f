'use client';

import { PhoneNumber } from '@/components/patterns/phone-number';
import { cn } from '@/components/ui/cn';
import type { Peer } from '@/lib/client/phone/calls';
import { useContactNames } from './use-contact-names';

/** Who is at the other end: by the address book, else as they call themselves, else by number alone. */
export function PeerWords({ peer, className }: { peer: Peer; className?: string }) {
  const { number } = peer;
  const name = useContactNames([number]).get(number) ?? peer.name;
  return (
    <>
      <p className={cn('truncate', className)}>{name ?? <PhoneNumber value={number} />}</p>
      {name !== null && (
        <p className="text-ink-2 text-small">
          <PhoneNumber value={number} />
        </p>
      )}
    </>
  );
}
