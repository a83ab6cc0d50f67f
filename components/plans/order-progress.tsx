'use client';

import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Money } from '@/components/patterns/money';
import { useNow } from '@/components/patterns/use-now';
import { Button, ButtonLink } from '@/components/ui/button';
import { DialogActions } from '@/components/ui/dialog';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Spinner } from '@/components/ui/spinner';
import { useItem } from '@/lib/client/use-item';
import { subscriptionSchema, type WireSubscription } from '@/lib/services/subscriptions/schemas';

/** Events tell at once; this is for those that get lost. */
const ASK_EVERY_MS = 1_000;
/** A switch that runs takes an order over within a second; after this it is said to be slow. */
const SLOW_MS = 8_000;

/** Paid, made, live on the switch: each turns by itself. */
export function OrderProgress(props: { ordered: WireSubscription; onDone: () => void }) {
  const { ordered, onDone } = props;
  const t = useTranslations('plans.progress');
  const [isLive, setLive] = useState(false);
  const [sinceMs] = useState(() => Date.now());
  const nowMs = useNow();
  const { data } = useItem({
    path: '/subscriptions',
    id: ordered.id,
    response: subscriptionSchema,
    refreshEveryMs: isLive ? undefined : ASK_EVERY_MS,
  });
  const subscription = data ?? ordered;
  const { generation, status, extensions, charged } = subscription;
  const isObserved = status.observedGeneration !== null && status.observedGeneration >= generation;
  if (isObserved && !isLive) setLive(true);
  const [first] = extensions;
  const isSlow = !isLive && nowMs !== null && nowMs - sinceMs > SLOW_MS;
  return (
    <>
      <ol className="mt-3 flex flex-col gap-2.5" aria-live="polite">
        <Step
          done
          label={t('ordered')}
          end={
            charged ? (
              <>
                {t('charged')} <Money value={charged} detail="balance" />
              </>
            ) : (
              t('notCharged')
            )
          }
        />
        <Step
          done
          label={t('created', {
            count: extensions.length,
            numbers: extensions.map((one) => one.number).join(', '),
          })}
        />
        <Step
          done={isLive}
          label={t(isLive ? 'live' : 'applying')}
          end={<GenerationTag wanted={generation} observed={status.observedGeneration} />}
        />
      </ol>
      <p className="mt-3 text-ink-3 text-small">{!isLive && t(isSlow ? 'slow' : 'note')}</p>
      <DialogActions>
        <Button onClick={onDone}>{t('done')}</Button>
        {first && (
          <ButtonLink href={`/extensions?open=${first.id}`} variant="primary">
            {t('connect')}
          </ButtonLink>
        )}
      </DialogActions>
    </>
  );
}

function Step({ done, label, end }: { done: boolean; label: ReactNode; end?: ReactNode }) {
  return (
    <li className="flex items-center gap-2.5">
      {done ? (
        <Check aria-hidden className="text-green" />
      ) : (
        <Spinner className="text-accent-text" />
      )}
      <span className="min-w-0 flex-1">{label}</span>
      {end && <span className="text-ink-3 text-small">{end}</span>}
    </li>
  );
}
