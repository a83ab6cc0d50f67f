'use client';

import { useTranslations } from 'next-intl';
import { Sheet } from '@/components/ui/sheet';
import { Tabs } from '@/components/ui/tabs';
import {
  LIMIT_SUBJECTS,
  type LimitSubjectName,
  type WireLimits,
} from '@/lib/services/limits/schemas';
import { LimitsSection } from './limits-section';
import { ProfileSection } from './profile-section';

export interface LimitSheetProps {
  /** "account:…": whose limits are open. */
  openId: string | null;
  /** Those in the list, so that one can go to the next. */
  rows: readonly WireLimits[];
  onOpen: (id: string | null) => void;
}

function partsOf(openId: string | null): { subject: LimitSubjectName; id: string } | null {
  const [kind, id] = openId?.split(':') ?? [];
  const subject = LIMIT_SUBJECTS.find((each) => each === kind);
  return subject && id ? { subject, id } : null;
}

/** The limits of one subject at the side of the tree; of an account its fraud profile, too. */
export function LimitSheet({ openId, rows, onOpen }: LimitSheetProps) {
  const t = useTranslations('limits');
  const asked = partsOf(openId);
  const index = rows.findIndex((row) => `${row.subject}:${row.subjectId}` === openId);
  const stepTo = (row: WireLimits | undefined) =>
    row && (() => onOpen(`${row.subject}:${row.subjectId}`));
  const limits = asked && <LimitsSection {...asked} />;
  return (
    <Sheet
      open={asked !== null}
      onClose={() => onOpen(null)}
      title={rows[index]?.name ?? t('sheet.loading')}
      onPrevious={index >= 0 ? stepTo(rows[index - 1]) : undefined}
      onNext={index >= 0 ? stepTo(rows[index + 1]) : undefined}
    >
      {asked?.subject === 'account' ? (
        <Tabs
          key={openId}
          label={t('sheet.tabs')}
          listClassName="px-5 max-md:px-4"
          tabs={[
            { value: 'limits', label: t('sheet.limits'), content: limits },
            {
              value: 'profile',
              label: t('sheet.profile'),
              content: <ProfileSection accountId={asked.id} />,
            },
          ]}
        />
      ) : (
        limits
      )}
    </Sheet>
  );
}
