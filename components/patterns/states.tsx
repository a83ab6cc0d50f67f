'use client';

import { CircleAlert, Lock, RefreshCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import type { ApiProblem } from '@/lib/client/api-problem';
import { CopyButton } from './copy-button';

export interface EmptyStep {
  label: ReactNode;
  /** The first step carries the primary button; the others a hint. */
  end?: ReactNode;
}

export interface EmptyStateProps {
  /** The fact: "No carrier yet". */
  title: ReactNode;
  children?: ReactNode;
  /** What to do, in order. */
  steps?: readonly EmptyStep[] | undefined;
  /** One button, where there are no steps. */
  action?: ReactNode;
  className?: string | undefined;
}

/** Nothing there yet: the fact, then the exact next step. No drawings. */
export function EmptyState({ title, children, steps, action, className }: EmptyStateProps) {
  return (
    <div className={cn('mx-auto w-full max-w-md px-6 py-5', className)}>
      <h2 className="text-section">{title}</h2>
      {children && <p className="mt-0.5 text-ink-2">{children}</p>}
      {steps && (
        <ol className="mt-3 border-line border-t">
          {steps.map((step, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have an order and never move
              key={index}
              className="flex min-h-10 items-center gap-3 border-line border-b py-1 last:border-b-0"
            >
              <span
                aria-hidden
                className="flex size-5 shrink-0 items-center justify-center rounded-full border border-line-control font-semibold text-micro"
              >
                {index + 1}
              </span>
              <span className="min-w-0 flex-1">{step.label}</span>
              {step.end && <span className="text-ink-3 text-small">{step.end}</span>}
            </li>
          ))}
        </ol>
      )}
      {action && <div className="mt-3 flex gap-2">{action}</div>}
    </div>
  );
}

interface RefusalProps {
  icon: ReactNode;
  title: ReactNode;
  children: ReactNode;
  actions: ReactNode;
  className?: string | undefined;
}

function Refusal({ icon, title, children, actions, className }: RefusalProps) {
  return (
    <div className={cn('mx-auto flex w-full max-w-md gap-3 px-6 py-5', className)}>
      <span className="pt-px [&_.lucide]:icon-touch">{icon}</span>
      <div className="min-w-0 flex-1">
        <h2 className="text-section">{title}</h2>
        <div className="mt-0.5 text-ink-2">{children}</div>
        <div className="mt-3 flex flex-wrap items-center gap-2">{actions}</div>
      </div>
    </div>
  );
}

export interface ErrorStateProps {
  /** What failed: "The calls could not be loaded". */
  title: ReactNode;
  /** Why, and what is safe all the same. */
  children?: ReactNode;
  onRetry?: (() => void) | undefined;
  retrying?: boolean | undefined;
  /** For support, to copy. */
  requestId?: string | null | undefined;
  className?: string | undefined;
}

/** A part that failed, and leaves the rest of the page alone. */
export function ErrorState(props: ErrorStateProps) {
  const { title, children, onRetry, retrying, requestId, className } = props;
  const t = useTranslations('patterns');
  return (
    <div role="alert">
      <Refusal
        icon={<CircleAlert aria-hidden className="text-red-text" />}
        title={title}
        className={className}
        actions={
          <>
            {onRetry && (
              <Button size="sm" icon={<RefreshCw />} busy={retrying} onClick={onRetry}>
                {t('tryAgain')}
              </Button>
            )}
            {requestId && (
              <span className="inline-flex items-center gap-1 text-ink-3 text-small">
                {t.rich('request', {
                  id: () => <span className="text-mono">{requestId.slice(0, 13)}</span>,
                })}
                <CopyButton value={requestId} label={t('copyRequestId')} />
              </span>
            )}
          </>
        }
      >
        {children ?? t('errorUnknown')}
      </Refusal>
    </div>
  );
}

const ROLES = ['owner', 'admin', 'billing', 'support', 'read_only', 'developer'] as const;

const isRole = (code: string): code is (typeof ROLES)[number] =>
  ROLES.some((role) => role === code);

export interface DeniedStateProps {
  /** What is withheld: "Margin is not in your role". */
  title: ReactNode;
  /** The role that lacks it, by its code. */
  role?: string | null | undefined;
  /** Roles that have it, by their codes. */
  grantedTo?: readonly string[] | undefined;
  /** One button to ask for it. */
  action?: ReactNode;
  className?: string | undefined;
}

/** What a refusal with 403 tells about roles. */
export function denialOf(problem: ApiProblem): { role: string | null; grantedTo: string[] } {
  const { role, grantedTo } = problem.body as { role?: unknown; grantedTo?: unknown };
  return {
    role: typeof role === 'string' ? role : null,
    grantedTo: Array.isArray(grantedTo) ? grantedTo.filter((one) => typeof one === 'string') : [],
  };
}

/** Not in this person's role: which role lacks it, whose has it, whom to ask. */
export function DeniedState({ title, role, grantedTo, action, className }: DeniedStateProps) {
  const t = useTranslations('patterns');
  const word = (code: string) => (isRole(code) ? t(`roles.${code}`) : code);
  return (
    <Refusal
      icon={<Lock aria-hidden className="text-ink-2" />}
      title={title}
      className={className}
      actions={action}
    >
      {role ? t('signedInAs', { role: word(role) }) : t('deniedPlain')}{' '}
      {grantedTo &&
        grantedTo.length > 0 &&
        t('grantedTo', { roles: grantedTo.map(word).join(', ') })}
    </Refusal>
  );
}
