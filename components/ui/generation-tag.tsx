import { Check, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Badge } from './badge';
import { Spinner } from './spinner';

export interface GenerationTagProps {
  /** What was asked for last. */
  wanted: number;
  /** What runs; null until it was seen at all. */
  observed: number | null;
  /** Asked for so long ago that it should run by now: the difference is drift, not work. */
  drifted?: boolean | undefined;
  /** Opens the repair. */
  onRepair?: (() => void) | undefined;
}

/** Which generation is live: what you see is what runs, or it says so. */
export function GenerationTag({ wanted, observed, drifted, onRepair }: GenerationTagProps) {
  const t = useTranslations('ui.generation');
  if (observed !== null && observed >= wanted) {
    return (
      <span className="inline-flex items-baseline gap-1.5 whitespace-nowrap text-ink-3 text-small">
        <Check aria-hidden className="icon-dense self-center text-green" />
        {t('live')}
        <span className="text-mono text-[0.6875rem]">
          {t('number', { generation: `${observed}` })}
        </span>
      </span>
    );
  }
  if (!drifted) {
    return (
      <Badge tone="amber" icon={<Spinner />}>
        {t('applying', { generation: `${wanted}` })}
      </Badge>
    );
  }
  const badge = (
    <Badge tone="red" icon={<TriangleAlert aria-hidden />}>
      {observed === null ? t('absent') : t('drift', { generation: `${observed}` })}
    </Badge>
  );
  if (!onRepair) return badge;
  return (
    <button type="button" onClick={onRepair} className="rounded-badge">
      {badge}
    </button>
  );
}
