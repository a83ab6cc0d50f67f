'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { ScrollBox } from '@/components/ui/scroll-box';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { ApiProblem } from '@/lib/client/api-problem';
import { type ImportedNumbers, importedNumbersSchema } from '@/lib/services/numbers/schemas';
import { refreshNumbers } from './queries';

export interface ImportDialogProps {
  open: boolean;
  onClose: () => void;
}

/** Imports a file of numbers: first looks what would happen, then does it, all or nothing. */
export function ImportDialog({ open, onClose }: ImportDialogProps) {
  const t = useTranslations('numbers.import');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      width="md"
      sticky
      title={t('title')}
      description={t('text')}
    >
      <ImportForm onClose={onClose} />
    </Dialog>
  );
}

function ImportForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations('numbers.import');
  const toast = useToast();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const send = (dryRun: boolean) =>
    callApi({
      method: 'POST',
      path: '/numbers/import',
      query: { dryRun },
      body: file,
      response: importedNumbersSchema,
    });
  const look = useMutation({ mutationFn: () => send(true) });
  const load = useMutation({
    mutationFn: () => send(false),
    onSuccess: async ({ added, changed }) => {
      onClose();
      toast.done(t('done', { added, changed }));
      await refreshNumbers(queryClient);
    },
  });
  const error = load.error ?? look.error;
  return (
    <div className="mt-3 flex flex-col gap-3">
      {error && <ImportRefusal error={error} />}
      <Field label={t('file')} hint={t('fileHint')}>
        <Input
          type="file"
          accept=".csv,.txt,text/csv"
          className="py-1.5 leading-5 touch:py-2.5"
          onChange={(event) => {
            look.reset();
            load.reset();
            setFile((event.target as HTMLInputElement).files?.[0] ?? null);
          }}
        />
      </Field>
      {look.data && (
        <Notice tone="accent" title={t('found', { rows: look.data.rows })}>
          {t('foundText', countsOf(look.data))}
        </Notice>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        {look.data ? (
          <Button variant="primary" busy={load.isPending} onClick={() => load.mutate()}>
            {t('confirm')}
          </Button>
        ) : (
          <Button
            variant="primary"
            disabled={file === null}
            busy={look.isPending}
            onClick={() => look.mutate()}
          >
            {t('look')}
          </Button>
        )}
      </DialogActions>
    </div>
  );
}

const countsOf = ({ added, changed, unchanged }: ImportedNumbers) => ({
  added,
  changed,
  unchanged,
});

/** What is wrong in the file, by line and column. */
function ImportRefusal({ error }: { error: Error }) {
  const issues = error instanceof ApiProblem ? error.issues : [];
  return (
    <Notice tone="red" urgent title={error.message}>
      {issues.length > 1 && (
        <ScrollBox className="mt-1 max-h-48 overflow-y-auto">
          <ul className="text-small">
            {issues.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path}: {message}
              </li>
            ))}
          </ul>
        </ScrollBox>
      )}
    </Notice>
  );
}
