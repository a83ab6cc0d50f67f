'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { callApi } from '@/lib/client/api';
import { ANNOUNCEMENTS } from '@/lib/core/announcements';
import { soundSchema } from '@/lib/services/sounds/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';
import { refreshSounds } from './queries';

/** Stands for an announcement that takes the place of no words yet. */
const NOTHING = 'nothing';

const formSchema = z.object({
  file: z.custom<FileList>((value) => value instanceof FileList && value.length === 1),
  name: nameSchema,
  kind: z.enum(['music', 'announcement']),
  replaces: z.string(),
});
type Form = z.infer<typeof formSchema>;

interface SoundUploadProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Uploads a file as a sound of the account. */
export function SoundUpload({ open, onOpenChange }: SoundUploadProps) {
  const t = useTranslations('sounds');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('uploadTitle')}>
      <UploadForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function UploadForm({ onDone }: { onDone: () => void }) {
  const t = useTranslations('sounds');
  const queryClient = useQueryClient();
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: '', kind: 'music', replaces: NOTHING },
  });
  const save = useMutation({
    mutationFn: ({ file, name, kind, replaces }: Form) =>
      callApi({
        method: 'POST',
        path: '/sounds',
        query: {
          name,
          kind,
          replaces: kind === 'announcement' && replaces !== NOTHING ? replaces : null,
        },
        body: file[0],
        response: soundSchema,
      }),
    onSuccess: async () => {
      await refreshSounds(queryClient);
      onDone();
    },
  });
  const { errors } = form.formState;
  const kind = form.watch('kind');
  const words = Object.entries(ANNOUNCEMENTS).map(([value, label]) => ({ value, label }));
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t('add') }}
    >
      <Field label={t('file')} hint={t('fileHint')} error={errors.file && t('fileNeeded')}>
        <Input
          type="file"
          accept=".wav,.flac,.opus,.ogg,audio/*"
          className="py-1.5 leading-5 touch:py-2.5"
          {...form.register('file')}
        />
      </Field>
      <Field label={t('name')} error={errors.name?.message}>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      <Field label={t('kind')}>
        <Controller
          control={form.control}
          name="kind"
          render={({ field }) => (
            <Select
              items={[
                { value: 'music', label: t('music') },
                { value: 'announcement', label: t('announcement') },
              ]}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      {kind === 'announcement' && (
        <Field label={t('replaces')}>
          <Controller
            control={form.control}
            name="replaces"
            render={({ field }) => (
              <Select
                items={[{ value: NOTHING, label: t('replacesNothing') }, ...words]}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      )}
    </AddForm>
  );
}
