'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { LimitsSection } from '@/components/limits/limits-section';
import { ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import { useItem } from '@/lib/client/use-item';
import { extensionSchema, type WireExtension } from '@/lib/services/extensions/schemas';
import { CredentialsSection } from './credentials-section';
import { ExtensionMenu } from './extension-menu';
import { ForwardingSection } from './forwarding-section';
import { HelpSection } from './help-section';
import { PhonesSection } from './phones-section';
import type { RefusedAttempts, SipAccessFacts } from './queries';
import { RegistrationNotice } from './registration-notice';
import { ScanSection } from './scan-section';
import { SettingsSection } from './settings-section';
import { useCredentials } from './use-credentials';

export interface ExtensionSheetProps {
  openId: string | null;
  /** Those in the list, so that one can go to the next. */
  rows: readonly WireExtension[];
  refusals: ReadonlyMap<string, RefusedAttempts>;
  access: SipAccessFacts;
  onOpen: (id: string | null) => void;
}

/** One extension at the side of the list: connecting a phone, its name, the way to end it. */
export function ExtensionSheet(props: ExtensionSheetProps) {
  const { openId, rows, refusals, access, onOpen } = props;
  const t = useTranslations('extensions');
  const mayWrite = useMay('extensions.write');
  const index = rows.findIndex((row) => row.id === openId);
  const listed = rows[index];
  // Opened by its address and not on this page of the list: asked for by itself.
  const single = useItem({
    path: '/extensions',
    id: listed ? null : openId,
    response: extensionSchema,
  });
  const extension = listed ?? (single.data?.id === openId ? single.data : undefined);
  const stepTo = (row: WireExtension | undefined) => row && (() => onOpen(row.id));
  return (
    <Sheet
      open={openId !== null}
      onClose={() => onOpen(null)}
      title={
        extension
          ? t('rowLabel', { number: extension.number, name: extension.name })
          : t(single.error ? 'sheet.gone' : 'sheet.loading')
      }
      onPrevious={listed && stepTo(rows[index - 1])}
      onNext={listed && stepTo(rows[index + 1])}
      actions={
        extension &&
        mayWrite && <ExtensionMenu extension={extension} onDeleted={() => onOpen(null)} />
      }
    >
      {extension ? (
        <ExtensionBody
          key={extension.id}
          extension={extension}
          refused={refusals.get(extension.id)}
          access={access}
        />
      ) : single.error ? (
        <ErrorState title={t('sheet.gone')}>{t('sheet.goneText')}</ErrorState>
      ) : (
        <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
          <Skeleton className="h-12 w-full" />
          <Skeleton className="w-1/3" />
          <Skeleton className="h-40 w-full" />
        </div>
      )}
    </Sheet>
  );
}

interface ExtensionBodyProps {
  extension: WireExtension;
  refused: RefusedAttempts | undefined;
  access: SipAccessFacts;
}

function ExtensionBody({ extension, refused, access }: ExtensionBodyProps) {
  const t = useTranslations('extensions.sheet');
  // Above the tabs: a look at the settings must not lose a password that is shown once.
  const credentials = useCredentials(extension.id);
  const mayReveal = useMay('extensions.reveal');
  const [openedAt] = useState(() => new Date().toISOString());
  return (
    <Tabs
      label={t('tabs')}
      listClassName="px-5 max-md:px-4"
      tabs={[
        {
          value: 'connect',
          label: t('connect'),
          content: (
            <>
              <div className="px-5 pt-4 max-md:px-4">
                <RegistrationNotice extension={extension} refused={refused} openedAt={openedAt} />
              </div>
              <CredentialsSection extension={extension} access={access} credentials={credentials} />
              {mayReveal && <ScanSection extension={extension} credentials={credentials} />}
              <HelpSection access={access} />
            </>
          ),
        },
        {
          value: 'phones',
          label: t('phones'),
          content: <PhonesSection extension={extension} />,
        },
        {
          value: 'calling',
          label: t('calling'),
          content: <ForwardingSection extension={extension} />,
        },
        {
          value: 'settings',
          label: t('settings'),
          content: <SettingsSection extension={extension} />,
        },
        {
          value: 'limits',
          label: t('limits'),
          content: <LimitsSection subject="extension" id={extension.id} />,
        },
      ]}
    />
  );
}
