'use client';

import { Eye } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent } from 'react';
import { Button } from '@/components/ui/button';
import { formatClock } from '@/lib/client/format/duration';
import { CopyButton } from './copy-button';
import { useNow } from './use-now';

const GROUP = /.{1,4}/gu;

/** In groups of four, without a character that would be copied; a secret with own dashes stays. */
function SecretText({ secret }: { secret: string }) {
  if (/[-_ ]/u.test(secret)) return secret;
  return (secret.match(GROUP) ?? []).map((group, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the groups of one text never move
    <span key={index} className="me-1.5">
      {group}
    </span>
  ));
}

export interface SecretFieldProps {
  label: string;
  /** null while it is hidden. */
  secret: string | null;
  /** ISO 8601: when it is hidden again. Only while it is shown. */
  hiddenAt?: string | undefined;
  /** Asks for it, once; absent where it cannot be shown any more, only replaced. */
  onReveal?: (() => void) | undefined;
  revealing?: boolean | undefined;
  /** Time is up: forget the secret. */
  onHide: () => void;
}

/** A line of a CopyList that is shown once: a press reveals it, a countdown hides it for good. */
export function SecretField(props: SecretFieldProps) {
  const { label, secret, hiddenAt, onReveal, revealing } = props;
  const t = useTranslations('patterns');
  return (
    <div className="flex min-h-8 items-center gap-2 bg-sunken ps-3 pe-2.5">
      <span className="w-28 shrink-0 text-ink-3">{label}</span>
      <span className="min-w-0 flex-1 break-all text-mono">
        {secret === null ? (
          <>
            <span aria-hidden className="text-ink-3">
              ••••••••••••
            </span>
            <span className="sr-only">{t('hidden')}</span>
          </>
        ) : (
          <span className="font-semibold">
            <SecretText secret={secret} />
          </span>
        )}
      </span>
      {secret === null && onReveal && (
        <Button size="xs" icon={<Eye />} busy={revealing} onClick={onReveal}>
          {t('reveal')}
        </Button>
      )}
      {secret !== null && (
        <>
          <CopyButton value={secret} label={t('copyNamed', { name: label })} />
          {hiddenAt !== undefined && <HideInTime hiddenAt={hiddenAt} onHide={props.onHide} />}
        </>
      )}
    </div>
  );
}

function HideInTime({ hiddenAt, onHide }: { hiddenAt: string; onHide: () => void }) {
  const hide = useEffectEvent(onHide);
  useEffect(() => {
    const timer = setTimeout(() => hide(), Math.max(0, Date.parse(hiddenAt) - Date.now()));
    return () => clearTimeout(timer);
  }, [hiddenAt]);
  return null;
}

/** Below the list: that it is shown once, and how long still. */
export function SecretCountdown({ hiddenAt }: { hiddenAt: string }) {
  const t = useTranslations('patterns');
  const nowMs = useNow();
  const left = nowMs === null ? null : Math.max(0, (Date.parse(hiddenAt) - nowMs) / 1_000);
  return (
    <p className="mt-2 flex items-center gap-2 text-amber-text text-small tabular-nums">
      <Eye aria-hidden className="icon-dense" />
      <span>
        {t.rich('shownOnce', {
          left: left === null ? '–' : formatClock(left),
          b: (chunks) => <strong className="font-semibold">{chunks}</strong>,
        })}
      </span>
    </p>
  );
}
