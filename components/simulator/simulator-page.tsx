'use client';

import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import { PageHead } from '@/components/patterns/page-head';
import { Panel } from '@/components/patterns/panel';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { Skeleton } from '@/components/ui/skeleton';
import { useItem } from '@/lib/client/use-item';
import { simulationSchema } from '@/lib/services/calls/schemas';
import { Answer } from './answer';
import { type Question, questionParams } from './queries';
import { QuestionForm } from './question-form';

/** What would become of a call: asked above, answered below by the switch's own plan. */
export function SimulatorPage() {
  const t = useTranslations('simulator');
  const [state, setState] = useQueryStates(questionParams, { history: 'push' });
  const question: Question | null =
    state.from && state.to
      ? { extensionId: state.from, dialled: state.to, seconds: state.seconds, at: state.at }
      : null;
  return (
    <>
      <PageHead title={t('title')} note={t('note')} />
      <div className="flex flex-col gap-4">
        <QuestionForm
          key={JSON.stringify(state)}
          initial={{ ...state, seconds: state.seconds }}
          onAsk={({ extensionId, dialled, seconds, at }) =>
            void setState({ from: extensionId, to: dialled, seconds, at })
          }
        />
        {question === null ? (
          <Panel>
            <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
          </Panel>
        ) : (
          <Answered question={question} />
        )}
      </div>
    </>
  );
}

function Answered({ question }: { question: Question }) {
  const t = useTranslations('simulator');
  const { extensionId, dialled, seconds, at } = question;
  const { data, error, isPlaceholderData, refetch } = useItem({
    path: '/calls/simulate',
    query: { extensionId, dialled, seconds, at },
    response: simulationSchema,
  });
  if (error) {
    return (
      <Panel>
        <ErrorState title={t('failed')} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      </Panel>
    );
  }
  if (!data || isPlaceholderData) {
    return (
      <Panel padded>
        <Skeleton className="h-40 w-full" />
      </Panel>
    );
  }
  return <Answer simulation={data} dialled={dialled} />;
}
