'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { callApi } from '@/lib/client/api';
import { LETTER_TYPES, portInSchema, type WirePortIn } from '@/lib/services/port-ins/schemas';
import { refreshPortIns } from './queries';

/** Takes the signed letter as soon as it is chosen. */
export function LetterUpload({ portIn }: { portIn: WirePortIn }) {
  const t = useTranslations('portIns.sheet');
  const queryClient = useQueryClient();
  const upload = useMutation({
    mutationFn: (file: File) =>
      callApi({
        method: 'PUT',
        path: `/port-ins/${portIn.id}/letter`,
        query: { name: file.name.slice(-120) },
        body: file,
        response: portInSchema,
      }),
    onSuccess: () => refreshPortIns(queryClient),
  });
  return (
    <Field
      label={t(portIn.letter ? 'replaceLetter' : 'addLetter')}
      hint={upload.isPending ? t('uploading') : t('letterHint')}
      error={upload.error?.message}
      className="mt-3"
    >
      <Input
        type="file"
        accept={LETTER_TYPES.join(',')}
        className="py-1.5 leading-5 touch:py-2.5"
        onChange={(event) => {
          const file = (event.target as HTMLInputElement).files?.[0];
          if (file) upload.mutate(file);
        }}
      />
    </Field>
  );
}
