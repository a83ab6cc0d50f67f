'use client';

import { Link2, RefreshCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { CopyAllButton } from '@/components/patterns/copy-button';
import { CopyField, CopyList } from '@/components/patterns/copy-field';
import { DateTime } from '@/components/patterns/date-time';
import { SecretCountdown, SecretField } from '@/components/patterns/secret-field';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { SheetSection } from '@/components/ui/sheet';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { SipAccessFacts } from './queries';
import type { Credentials } from './use-credentials';

export interface CredentialsSectionProps {
  extension: WireExtension;
  access: SipAccessFacts;
  credentials: Credentials;
}

/** What a phone has to be told; the password is shown once, then only replaced. */
export function CredentialsSection({ extension, access, credentials }: CredentialsSectionProps) {
  const t = useTranslations('extensions.credentials');
  const mayReveal = useMay('extensions.reveal');
  const { shown } = credentials;
  const { revealedAt } = extension.secret;
  const proxy = `${access.host}:${access.tls}`;
  return (
    <SheetSection
      title={t('title')}
      aside={t.rich('setAt', {
        time: () => <DateTime value={extension.secret.setAt} look="moment" />,
      })}
    >
      <CopyList>
        <CopyField label={t('user')} value={extension.number} />
        <CopyField label={t('domain')} value={extension.domain} />
        <SecretField
          label={t('password')}
          secret={shown?.secret ?? null}
          hiddenAt={shown?.hiddenAt}
          onReveal={mayReveal && revealedAt === null ? credentials.reveal : undefined}
          revealing={credentials.isRevealing}
          onHide={credentials.hide}
        />
        <CopyField label={t('proxy')} value={proxy} />
        <CopyField label={t('transport')} value="TLS">
          {t.rich('transportValue', {
            grey: (chunks) => <span className="text-ink-3">{chunks}</span>,
          })}
        </CopyField>
      </CopyList>
      {shown && <SecretCountdown hiddenAt={shown.hiddenAt} />}
      {!shown && mayReveal && revealedAt !== null && (
        <p className="mt-2 text-ink-3 text-small">
          {t.rich('shownAlready', { time: () => <DateTime value={revealedAt} look="moment" /> })}
        </p>
      )}
      {!mayReveal && <p className="mt-2 text-ink-3 text-small">{t('mayNot')}</p>}
      {mayReveal && (
        <div className="mt-3 flex flex-wrap gap-2">
          {shown && (
            <CopyAllButton
              value={[
                `${t('user')}: ${extension.number}`,
                `${t('domain')}: ${extension.domain}`,
                `${t('password')}: ${shown.secret}`,
                `${t('proxy')}: ${proxy}`,
              ].join('\n')}
            >
              {t('copyAll')}
            </CopyAllButton>
          )}
          <OneTimeLink credentials={credentials} canMake={revealedAt === null} />
          <NewPassword extension={extension} credentials={credentials} />
        </div>
      )}
    </SheetSection>
  );
}

/** The address under which the credentials can be fetched once. The token never reaches a server's log: it stands behind "#". */
export function connectAddress(token: string): string {
  return `${window.location.origin}/connect#${token}`;
}

function OneTimeLink(props: { credentials: Credentials; canMake: boolean }) {
  const { credentials, canMake } = props;
  const t = useTranslations('extensions');
  const [isOpen, setOpen] = useState(false);
  const { token } = credentials;
  if (!canMake && !token) return null;
  return (
    <>
      <Button
        size="sm"
        icon={<Link2 />}
        busy={credentials.isMakingToken}
        onClick={() => {
          if (canMake) credentials.makeToken(() => setOpen(true));
          else setOpen(true);
        }}
      >
        {t('credentials.oneTimeLink')}
      </Button>
      {token && (
        <Dialog
          open={isOpen}
          onOpenChange={setOpen}
          width="md"
          title={t('link.title')}
          description={t.rich('link.text', {
            time: () => <DateTime value={token.expiresAt} look="time" />,
          })}
        >
          <div className="mt-3">
            <CopyList>
              <CopyField
                label={t('link.label')}
                value={isOpen ? connectAddress(token.token) : ''}
              />
            </CopyList>
          </div>
          <DialogActions>
            <Button variant="primary" onClick={() => setOpen(false)}>
              {t('link.close')}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}

function NewPassword(props: { extension: WireExtension; credentials: Credentials }) {
  const { extension, credentials } = props;
  const t = useTranslations('extensions.credentials');
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button size="sm" icon={<RefreshCw />} onClick={() => setAsking(true)}>
        {t('newPassword')}
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('resetTitle', { number: extension.number })}
        description={t('resetText', { count: extension.registration.bindings.length })}
        keepLabel={t('resetKeep')}
        confirmLabel={t('resetConfirm')}
        busy={credentials.isResetting}
        error={credentials.resetError}
        onConfirm={() => credentials.reset(() => setAsking(false))}
      />
    </>
  );
}
