'use client';

import { Music, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { Duration } from '@/components/patterns/duration';
import { ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { apiUrl } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { ANNOUNCEMENTS } from '@/lib/core/announcements';
import { soundSchema, type WireSound } from '@/lib/services/sounds/schemas';
import { soundQuery } from './queries';
import { SoundMenu } from './sound-menu';
import { SoundUpload } from './sound-upload';
import { TenantSounds } from './tenant-sounds';

/** The account's own sounds, and where they are heard. */
export function SoundList() {
  const t = useTranslations('sounds');
  const url = useListUrl();
  const mayWrite = useMay('sounds.write');
  const [isUploading, setUploading] = useState(false);
  const list = useList({
    path: '/sounds',
    query: soundQuery({ cursor: url.cursor }),
    item: soundSchema,
  });
  const columns = useSoundColumns(mayWrite);
  const upload = mayWrite && (
    <Button variant="primary" size="sm" icon={<Plus />} onClick={() => setUploading(true)}>
      {t('upload')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('title')} />
      <ListToolbar end={upload}>{null}</ListToolbar>
      <DataTable
        name="sounds"
        label={t('title')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={({ id }) => id}
        rowLabel={({ name }) => name}
        phoneRow={(row) => ({
          icon: <Music />,
          title: row.name,
          detail: <Use sound={row} />,
          end: <Duration seconds={Math.round(row.durationMs / 1_000)} />,
        })}
        empty={
          <EmptyState title={t('empty')} action={upload}>
            {t('emptyText')}
          </EmptyState>
        }
      />
      <ListFoot
        count={list.rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
      <TenantSounds />
      <SoundUpload open={isUploading} onOpenChange={setUploading} />
    </>
  );
}

function useSoundColumns(mayWrite: boolean): DataColumn<WireSound>[] {
  const t = useTranslations('sounds');
  return useMemo(() => {
    const columns: DataColumn<WireSound>[] = [
      {
        id: 'name',
        header: t('name'),
        cell: ({ name }) => <span className="font-medium">{name}</span>,
        grow: true,
      },
      { id: 'kind', header: t('kind'), cell: (row) => <Use sound={row} />, grow: true },
      {
        id: 'length',
        header: t('length'),
        cell: ({ durationMs }) => <Duration seconds={Math.round(durationMs / 1_000)} />,
      },
      { id: 'listen', header: '', cell: (row) => <Player sound={row} /> },
    ];
    if (mayWrite) {
      columns.push({
        id: 'more',
        header: '',
        className: 'w-px',
        cell: (row) => <SoundMenu sound={row} />,
      });
    }
    return columns;
  }, [mayWrite, t]);
}

function Use({ sound }: { sound: WireSound }) {
  const t = useTranslations('sounds');
  if (sound.replaces !== null) return t('inPlaceOf', { words: ANNOUNCEMENTS[sound.replaces] });
  return t(sound.kind);
}

function Player({ sound }: { sound: WireSound }) {
  const t = useTranslations('sounds');
  return (
    // biome-ignore lint/a11y/useMediaCaption: music, and words that stand in the row
    <audio
      controls
      preload="none"
      aria-label={t('listen', { name: sound.name })}
      src={apiUrl(`/sounds/${sound.id}/audio`)}
      className="h-8 w-56"
    />
  );
}
