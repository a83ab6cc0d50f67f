'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { CallableNumber } from '@/components/patterns/callable-number';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { RefusedAttempts } from './queries';
import { DeviceWords, RegistrationStatus } from './registration-status';

export interface ExtensionColumnsInput {
  refusals: ReadonlyMap<string, RefusedAttempts>;
  /** The one whose sheet is open. */
  openId: string | null;
  /** With one domain it says nothing. */
  showsDomain: boolean;
}

/** Columns of the list of extensions. */
export function useExtensionColumns(input: ExtensionColumnsInput): DataColumn<WireExtension>[] {
  const { refusals, openId, showsDomain } = input;
  const t = useTranslations('extensions');
  return useMemo(() => {
    const columns: DataColumn<WireExtension>[] = [
      {
        id: 'number',
        header: t('columns.number'),
        cell: (row) => <span className="font-medium">{row.number}</span>,
        className: 'w-16',
        skeleton: 'w-7',
      },
      { id: 'name', header: t('columns.name'), cell: (row) => row.name, grow: true },
      {
        id: 'registration',
        header: t('columns.registration'),
        cell: (row) => (
          <RegistrationStatus
            extension={row}
            refused={refusals.get(row.id)}
            isAwaited={row.id === openId && row.secret.revealedAt !== null}
          />
        ),
      },
      {
        id: 'device',
        header: t('columns.device'),
        optional: 'shown',
        cell: (row) => <DeviceWords extension={row} />,
      },
      {
        id: 'callerId',
        header: t('columns.callerId'),
        optional: 'shown',
        cell: (row) =>
          row.callerNumber ? (
            <CallableNumber value={row.callerNumber.e164} />
          ) : (
            <span className="text-ink-3">{t('mainLine')}</span>
          ),
      },
      {
        id: 'domain',
        header: t('columns.domain'),
        optional: showsDomain ? 'shown' : 'hidden',
        cell: (row) => <span className="text-mono">{row.domain}</span>,
      },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ];
    return columns;
  }, [refusals, openId, showsDomain, t]);
}
