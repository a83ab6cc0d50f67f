'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { SheetSection } from '@/components/ui/sheet';
import { useToast } from '@/components/ui/toast';
import type { UpdateExtensionInput, WireExtension } from '@/lib/services/extensions/schemas';
import { MEDIA_SECURITIES, type MediaSecurity } from '@/lib/services/wire/schemas';
import { useChangeExtension } from './use-change-extension';

/** Who talks in the browser with an extension, and how its voice is protected on the way to its phones. */
export function VoiceSection({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions.voice');
  const toast = useToast();
  const mayWrite = useMay('extensions.write');
  const change = useChangeExtension();
  const save = useMutation({
    mutationFn: (input: UpdateExtensionInput) => change(extension.id, input),
    onSuccess: () => toast.done(t('saved')),
    onError: (error) => toast.failed(t('notSaved'), error.message),
  });
  return (
    <SheetSection title={t('title')}>
      <div className="flex flex-col gap-4">
        <div className="flex items-center gap-3">
          <div className="min-w-0 flex-1">
            <p className="font-medium">{t('person')}</p>
            <p className="truncate text-ink-2">{extension.user?.name ?? t('nobody')}</p>
          </div>
          {mayWrite && extension.user && (
            <Button
              size="xs"
              busy={save.isPending && save.variables.userId === null}
              onClick={() => save.mutate({ userId: null })}
            >
              {t('release')}
            </Button>
          )}
        </div>
        <Field
          label={t('protection')}
          hint={t(`hints.${extension.mediaSecurity}`)}
          disabled={!mayWrite}
        >
          <Select<MediaSecurity>
            items={MEDIA_SECURITIES.map((value) => ({ value, label: t(`kinds.${value}`) }))}
            value={extension.mediaSecurity}
            disabled={!mayWrite || save.isPending}
            onValueChange={(mediaSecurity) => {
              if (mediaSecurity !== extension.mediaSecurity) save.mutate({ mediaSecurity });
            }}
          />
        </Field>
      </div>
    </SheetSection>
  );
}
