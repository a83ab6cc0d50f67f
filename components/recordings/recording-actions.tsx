'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { useMay } from '@/components/portal/me-context';
import { buttonClass } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { useToast } from '@/components/ui/toast';
import { apiUrl, callApi } from '@/lib/client/api';
import type { WireRecording } from '@/lib/services/recordings/schemas';

/** Keeps a recording as a file, or deletes it for good, for whoever may. */
export function RecordingActions({ recording }: { recording: WireRecording }) {
  const t = useTranslations('recordings');
  const mayDownload = useMay('recordings.download');
  const mayDelete = useMay('recordings.delete');
  const isReady = recording.state === 'ready';
  return (
    <>
      {mayDownload && isReady && (
        <a
          href={apiUrl(`/recordings/${recording.id}/audio`, { download: 'true' })}
          download
          className={buttonClass({ variant: 'quiet', size: 'sm' })}
        >
          <Download aria-hidden className="icon-dense" />
          {t('download')}
        </a>
      )}
      {mayDelete && (isReady || recording.state === 'failed') && (
        <DeleteButton recordingId={recording.id} />
      )}
    </>
  );
}

function DeleteButton({ recordingId }: { recordingId: string }) {
  const t = useTranslations('recordings');
  const [isOpen, setOpen] = useState(false);
  const toast = useToast();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/recordings/${recordingId}` }),
    onSuccess: () => {
      setOpen(false);
      toast.done(t('deleted'));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['item', '/recordings'] }),
  });
  return (
    <>
      <IconButton label={t('delete')} size="sm" onClick={() => setOpen(true)}>
        <Trash2 />
      </IconButton>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={t('deleteTitle')}
        description={t('deleteText')}
        typeToConfirm={t('deleteWord')}
        keepLabel={t('keep')}
        confirmLabel={t('deleteConfirm')}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        error={remove.error?.message}
      />
    </>
  );
}
