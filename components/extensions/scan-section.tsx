'use client';

import { QrCode as QrIcon } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { QrCode } from '@/components/patterns/qr-code';
import { useNow } from '@/components/patterns/use-now';
import { Button } from '@/components/ui/button';
import { SheetSection } from '@/components/ui/sheet';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import { connectAddress } from './credentials-section';
import type { Credentials } from './use-credentials';

/** A code for a phone's camera: a token that works once, never the password. */
export function ScanSection(props: { extension: WireExtension; credentials: Credentials }) {
  const { extension, credentials } = props;
  const t = useTranslations('extensions.qr');
  const nowMs = useNow();
  const { token } = credentials;
  const isExpired = token !== null && nowMs !== null && Date.parse(token.expiresAt) <= nowMs;
  const canMake = extension.secret.revealedAt === null && credentials.shown === null;
  return (
    <SheetSection title={t('title')}>
      <div className="flex gap-4">
        {token && !isExpired ? (
          <QrCode value={connectAddress(token.token)} label={t('label')} sizePixels={128} />
        ) : (
          <span
            aria-hidden
            className="flex size-32 shrink-0 items-center justify-center rounded-panel border border-line bg-sunken text-ink-3"
          >
            <QrIcon className="icon-touch" />
          </span>
        )}
        <div className="min-w-0">
          <p className="text-ink-2">{t('text')}</p>
          {!token && !canMake && <p className="mt-1 text-ink-3 text-small">{t('afterReveal')}</p>}
          {isExpired && (
            <p role="status" className="mt-1 text-amber-text text-small">
              {t('expired')}
            </p>
          )}
          <div className="mt-2 flex flex-wrap items-center gap-2">
            {canMake && (
              <Button
                size="xs"
                icon={<QrIcon />}
                busy={credentials.isMakingToken}
                onClick={() => credentials.makeToken()}
              >
                {t(token ? 'again' : 'show')}
              </Button>
            )}
            {token && !isExpired && (
              <span className="text-ink-3 text-small">
                {t.rich('expires', {
                  time: () => <DateTime value={token.expiresAt} look="time" />,
                })}
              </span>
            )}
          </div>
        </div>
      </div>
    </SheetSection>
  );
}
