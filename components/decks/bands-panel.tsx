'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import type { WireDeck } from '@/lib/services/decks/schemas';
import { BandDialog } from './band-editor';

export interface BandsPanelProps {
  deck: WireDeck;
  /** The version whose bands are shown. */
  shown: number | null;
}

/** When which prices hold: the bands of a version, which a new draft may change. */
export function BandsPanel({ deck, shown }: BandsPanelProps) {
  const t = useTranslations('decks.bands');
  const mayWrite = useMay('decks.write');
  const [isEditing, setEditing] = useState(false);
  const version = deck.versions.find((one) => one.version === shown);
  if (!version) return null;
  const { bands: plan } = version;
  return (
    <Panel
      title={t('title')}
      note={plan?.timeZone}
      actions={
        mayWrite && (
          <Button size="xs" onClick={() => setEditing(true)}>
            {t(plan === null ? 'add' : 'edit')}
          </Button>
        )
      }
      padded
    >
      {plan === null ? (
        <p className="text-ink-2">{t('none')}</p>
      ) : (
        <dl className="flex flex-col gap-2">
          {plan.bands.map((band) => (
            <div key={band.name}>
              <dt className="font-medium">{band.name}</dt>
              {band.windows.map((window, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: hours have an order and never move
                <dd key={index} className="text-ink-2 text-small">
                  <WindowText window={window} />
                </dd>
              ))}
            </div>
          ))}
        </dl>
      )}
      <BandDialog open={isEditing} onOpenChange={setEditing} deck={deck} version={version} />
    </Panel>
  );
}

type Window = NonNullable<
  WireDeck['versions'][number]['bands']
>['bands'][number]['windows'][number];

function WindowText({ window }: { window: Window }) {
  const t = useTranslations('decks.bands');
  const days = [...window.days].sort((left, right) => left - right);
  const names = days.map((day) => t(`day.${String(day) as '1'}`)).join(', ');
  return t('window', {
    days: days.length === 7 ? t('every') : names,
    from: window.from,
    to: window.to,
  });
}
