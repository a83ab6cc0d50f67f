'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useTransition } from 'react';
import { ErrorState } from '@/components/patterns/states';
import { TableFrame } from '@/components/ui/table';

/** In the place of a page whose server part failed. */
export function PageFailed(props: { digest: string | undefined; onRetry: () => void }) {
  const t = useTranslations('portal.error');
  const router = useRouter();
  const [isRetrying, startRetry] = useTransition();
  return (
    <TableFrame>
      <ErrorState
        title={t('title')}
        requestId={props.digest}
        retrying={isRetrying}
        onRetry={() =>
          startRetry(() => {
            router.refresh();
            props.onRetry();
          })
        }
      >
        {t('text')}
      </ErrorState>
    </TableFrame>
  );
}
