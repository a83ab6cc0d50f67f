import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Dot } from '@/components/ui/dot';
import { Panel } from './panel';

/** More than this is a list of its own, not something to do. */
const MAX_THINGS = 6;

const RANK = { red: 0, amber: 1, never: 2 } as const;

export interface ThingToDo {
  id: string;
  tone: keyof typeof RANK;
  /** What happened. */
  title: ReactNode;
  /** Why it matters. */
  reason: ReactNode;
  /** One small button. */
  action?: ReactNode;
}

/** What needs somebody: red before amber before the rest, six at most; nothing at all when empty. */
export function ThingsToDo({ things }: { things: readonly ThingToDo[] }) {
  const t = useTranslations('patterns');
  if (things.length === 0) return null;
  const sorted = [...things].sort((left, right) => RANK[left.tone] - RANK[right.tone]);
  return (
    <Panel title={t('thingsToDo')} count={things.length}>
      <ul>
        {sorted.slice(0, MAX_THINGS).map((thing) => (
          <li
            key={thing.id}
            className="flex min-h-14 items-center gap-3 border-line border-t px-4 py-2 first:border-t-0"
          >
            <Dot tone={thing.tone} />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{thing.title}</span>
              <span className="block text-ink-3 text-small">{thing.reason}</span>
            </span>
            {thing.action}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
