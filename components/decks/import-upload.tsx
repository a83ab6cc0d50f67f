'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { callApi } from '@/lib/client/api';
import { importSchema } from '@/lib/services/deck-imports/schemas';

export interface ImportUploadProps {
  deckId: string;
  onUploaded: (importId: string) => void;
}

/** Chooses a file and sends it. */
export function ImportUpload({ deckId, onUploaded }: ImportUploadProps) {
  const t = useTranslations('decks.imports.upload');
  const mayWrite = useMay('decks.write');
  const [file, setFile] = useState<File | null>(null);
  const [isMissing, setMissing] = useState(false);
  const upload = useUpload(deckId, onUploaded);
  if (!mayWrite) return null;
  return (
    <Panel title={t('title')} padded>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(file === null);
          if (file !== null) upload.mutate(file);
        }}
        className="flex max-w-lg flex-col gap-3"
      >
        <p className="text-ink-2">{t('text')}</p>
        {upload.error && (
          <Notice tone="red" urgent>
            {upload.error.message}
          </Notice>
        )}
        <Field
          label={t('file')}
          hint={t('fileHint')}
          error={isMissing && file === null ? t('choose') : undefined}
        >
          <Input
            type="file"
            accept=".csv,.txt,.tsv,.xlsx"
            className="py-1.5 leading-5 touch:py-2.5"
            onChange={(event) => {
              const input: unknown = event.currentTarget;
              setFile(input instanceof HTMLInputElement ? (input.files?.[0] ?? null) : null);
            }}
          />
        </Field>
        <Button
          variant="primary"
          type="submit"
          icon={<Upload />}
          busy={upload.isPending}
          className="w-fit"
        >
          {t(upload.isPending ? 'uploading' : 'confirm')}
        </Button>
      </form>
    </Panel>
  );
}

/** A file that is sent again because the line broke is the same upload. */
function useUpload(deckId: string, onUploaded: (importId: string) => void) {
  const queryClient = useQueryClient();
  const sent = useRef<{ file: File; key: string } | null>(null);
  return useMutation({
    mutationFn: (file: File) => {
      if (sent.current?.file !== file) {
        sent.current = { file, key: `${Date.now().toString(36)}-${Math.random().toString(36)}` };
      }
      return callApi({
        method: 'POST',
        path: `/decks/${deckId}/imports`,
        query: { fileName: file.name.slice(0, 200), uploadKey: sent.current.key },
        body: file,
        response: importSchema,
      });
    },
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['item', `/decks/${deckId}/imports`] });
      onUploaded(id);
    },
  });
}
