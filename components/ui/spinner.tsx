import { Loader } from 'lucide-react';
import { cn } from './cn';

/** The one thing that turns: something outside is being waited for. Say what, in words beside it. */
export function Spinner({ className }: { className?: string | undefined }) {
  return <Loader aria-hidden className={cn('animate-turn', className)} />;
}
