'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';
import { CopyField, CopyList } from '@/components/patterns/copy-field';
import { ErrorState } from '@/components/patterns/states';
import { SignInHead } from '@/components/shell/sign-in-layout';
import { Button } from '@/components/ui/button';
import { callApi } from '@/lib/client/api';
import { ApiProblem } from '@/lib/client/api-problem';
import { type SipCredentials, sipCredentialsSchema } from '@/lib/services/extensions/schemas';
import type { SipAccessFacts } from './queries';

/** The token stands behind "#": no server sees it before somebody asks for the credentials. */
function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}

/** null until the page lives in a browser. */
function useToken(): string | null {
  return useSyncExternalStore(
    subscribe,
    () => window.location.hash.slice(1),
    () => null,
  );
}

/** Shows SIP credentials once, when asked to: opening the link alone uses nothing up. */
export function ConnectPhone({ access }: { access: SipAccessFacts }) {
  const t = useTranslations('extensions.connect');
  const token = useToken();
  const redeem = useMutation({
    mutationFn: (given: string) =>
      callApi({
        method: 'POST',
        path: `/provision/${encodeURIComponent(given)}`,
        response: sipCredentialsSchema,
      }),
  });
  if (redeem.data) return <ShownCredentials credentials={redeem.data} access={access} />;
  if (token === '') {
    return (
      <ErrorState title={t('missing')} className="px-0">
        {t('missingText')}
      </ErrorState>
    );
  }
  const isGone =
    redeem.error instanceof ApiProblem &&
    (redeem.error.code === 'GONE' || redeem.error.code === 'INVALID_INPUT');
  if (isGone) {
    return (
      <ErrorState title={t('gone')} className="px-0">
        {t('goneText')}
      </ErrorState>
    );
  }
  return (
    <>
      <SignInHead title={t('title')} note={t('text')} />
      {redeem.error && (
        <p role="alert" className="mb-3 text-red-text">
          {redeem.error.message}
        </p>
      )}
      <Button
        variant="primary"
        size="lg"
        wide
        busy={redeem.isPending}
        disabled={token === null}
        onClick={() => {
          if (token) redeem.mutate(token);
        }}
      >
        {t('show')}
      </Button>
    </>
  );
}

function ShownCredentials(props: { credentials: SipCredentials; access: SipAccessFacts }) {
  const { credentials, access } = props;
  const t = useTranslations('extensions');
  return (
    <>
      <SignInHead title={t('connect.title')} note={t('connect.ready')} />
      <CopyList>
        <CopyField label={t('connect.name')} value={credentials.displayName} />
        <CopyField label={t('credentials.user')} value={credentials.username} />
        <CopyField label={t('credentials.domain')} value={credentials.domain} />
        <CopyField label={t('credentials.password')} value={credentials.secret} sunken />
        <CopyField label={t('credentials.proxy')} value={`${access.host}:${access.tls}`} />
        <CopyField label={t('credentials.transport')} value="TLS" />
      </CopyList>
    </>
  );
}
