'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { CheckboxField } from '@/components/ui/checkbox';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireDeck } from '@/lib/services/decks/schemas';
import { routeGroupSchema, type WireRouteGroup } from '@/lib/services/route-groups/schemas';
import type { WireTrunk } from '@/lib/services/trunks/schemas';

export interface RouteGroupDialogProps {
  /** null: closed · 'new' · the one to change. */
  subject: WireRouteGroup | 'new' | null;
  trunks: readonly WireTrunk[];
  /** The operator's sell decks. */
  decks: readonly WireDeck[];
  onClose: () => void;
}

/** A group's name, its order, its trunks, and whose calls leave by it. */
export function RouteGroupDialog({ subject, trunks, decks, onClose }: RouteGroupDialogProps) {
  const t = useTranslations('carriers.routes.form');
  const isNew = subject === 'new' || subject === null;
  return (
    <Dialog
      open={subject !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="md"
      sticky
      title={isNew ? t('title') : t('editTitle', { name: subject.name })}
      description={t('text')}
    >
      <GroupForm
        key={isNew ? 'new' : subject.id}
        group={isNew ? null : subject}
        trunks={trunks}
        decks={decks}
        onClose={onClose}
      />
    </Dialog>
  );
}

/** As typed; what it is worth is checked when it is saved. */
interface Member {
  trunkId: string;
  name: string;
  priority: string;
  weight: string;
}

const isRank = (text: string): boolean => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1_000;

interface GroupFormProps {
  group: WireRouteGroup | null;
  trunks: readonly WireTrunk[];
  decks: readonly WireDeck[];
  onClose: () => void;
}

function GroupForm({ group, trunks, decks, onClose }: GroupFormProps) {
  const t = useTranslations('carriers.routes');
  const formId = useId();
  const [name, setName] = useState(group?.name ?? '');
  const [strategy, setStrategy] = useState(group?.strategy ?? 'lcr');
  const [members, setMembers] = useState<readonly Member[]>(() =>
    (group?.members ?? []).map(({ trunkId, trunkName, priority, weight }) => ({
      trunkId,
      name: trunkName,
      priority: `${priority}`,
      weight: `${weight}`,
    })),
  );
  const [deckIds, setDeckIds] = useState<readonly string[]>(() =>
    (group?.decks ?? []).map(({ id }) => id),
  );
  const save = useSave(group, onClose);
  const isValid = members.every((one) => isRank(one.priority) && isRank(one.weight));
  const submit = () =>
    save.mutate({
      name,
      strategy,
      members: members.map(({ trunkId, priority, weight }) => ({
        trunkId,
        priority: Number(priority),
        weight: Number(weight),
      })),
      deckIds,
    });
  return (
    <form
      id={formId}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid && name.trim() !== '') submit();
      }}
      className="mt-3 flex flex-col gap-3"
    >
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      <Field label={t('form.name')}>
        <Input value={name} onValueChange={setName} autoComplete="off" required />
      </Field>
      <div className="flex flex-col gap-1">
        <span className="font-medium text-small">{t('form.strategy')}</span>
        <Segmented
          label={t('form.strategy')}
          segments={(['lcr', 'priority'] as const).map((value) => ({
            value,
            label: t(`strategy.${value}`),
          }))}
          value={strategy}
          onValueChange={setStrategy}
        />
        <span className="text-ink-3 text-small">{t(`strategyHint.${strategy}`)}</span>
      </div>
      <Members members={members} trunks={trunks} onChange={setMembers} />
      <Decks decks={decks} chosen={deckIds} onChange={setDeckIds} />
      {!isValid && (
        <p role="alert" className="text-red-text text-small">
          {t('form.range')}
        </p>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('form.cancel')}</Button>
        <Button
          variant="primary"
          type="submit"
          form={formId}
          busy={save.isPending}
          disabled={!isValid || name.trim() === ''}
        >
          {t(group ? 'form.save' : 'form.create')}
        </Button>
      </DialogActions>
    </form>
  );
}

interface MembersProps {
  members: readonly Member[];
  trunks: readonly WireTrunk[];
  onChange: (members: readonly Member[]) => void;
}

function Members({ members, trunks, onChange }: MembersProps) {
  const t = useTranslations('carriers.routes');
  const free = trunks.filter((trunk) => !members.some((one) => one.trunkId === trunk.id));
  const change = (trunkId: string, part: Partial<Member>) =>
    onChange(members.map((one) => (one.trunkId === trunkId ? { ...one, ...part } : one)));
  return (
    <div className="flex flex-col gap-2">
      <div className="grid grid-cols-[minmax(0,1fr)_5rem_5rem_1.75rem] items-center gap-x-2 gap-y-1.5">
        <span className="font-medium text-small">{t('form.members')}</span>
        <span className="text-ink-3 text-small">{t('priority')}</span>
        <span className="text-ink-3 text-small">{t('weight')}</span>
        <span />
        {members.map((one) => (
          <div key={one.trunkId} className="contents">
            <span className="truncate">{one.name}</span>
            <Input
              controlSize="sm"
              inputMode="numeric"
              aria-label={t('form.priorityOf', { name: one.name })}
              aria-invalid={!isRank(one.priority)}
              value={one.priority}
              onValueChange={(priority) => change(one.trunkId, { priority })}
            />
            <Input
              controlSize="sm"
              inputMode="numeric"
              aria-label={t('form.weightOf', { name: one.name })}
              aria-invalid={!isRank(one.weight)}
              value={one.weight}
              onValueChange={(weight) => change(one.trunkId, { weight })}
            />
            <IconButton
              label={t('form.remove', { name: one.name })}
              size="sm"
              onClick={() => onChange(members.filter((other) => other.trunkId !== one.trunkId))}
            >
              <X />
            </IconButton>
          </div>
        ))}
      </div>
      {free.length === 0 ? (
        <span className="text-ink-3 text-small">{t('form.all')}</span>
      ) : (
        <Select
          key={members.length}
          label={t('form.add')}
          placeholder={t('form.add')}
          items={free.map((trunk) => ({
            value: trunk.id,
            label: trunk.name,
            hint: trunk.carrier?.name,
          }))}
          value={null}
          onValueChange={(trunkId) => {
            const trunk = free.find((one) => one.id === trunkId);
            if (!trunk) return;
            onChange([...members, { trunkId, name: trunk.name, priority: '1', weight: '1' }]);
          }}
        />
      )}
    </div>
  );
}

interface DecksProps {
  decks: readonly WireDeck[];
  chosen: readonly string[];
  onChange: (deckIds: readonly string[]) => void;
}

/** Whose calls leave by the group: those that are sold at one of these decks. */
function Decks({ decks, chosen, onChange }: DecksProps) {
  const t = useTranslations('carriers.routes.form');
  if (decks.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="font-medium text-small">{t('decks')}</legend>
      <span className="text-ink-3 text-small">{t('decksHint')}</span>
      {decks.map(({ id, name }) => (
        <CheckboxField
          key={id}
          label={name}
          checked={chosen.includes(id)}
          onCheckedChange={(isChosen) =>
            onChange(isChosen ? [...chosen, id] : chosen.filter((other) => other !== id))
          }
        />
      ))}
    </fieldset>
  );
}

interface GroupInput {
  name: string;
  strategy: 'lcr' | 'priority';
  members: { trunkId: string; priority: number; weight: number }[];
  deckIds: readonly string[];
}

function useSave(group: WireRouteGroup | null, onSaved: () => void) {
  const t = useTranslations('carriers.routes.form');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: GroupInput) =>
      callApi({
        method: group ? 'PATCH' : 'POST',
        path: group ? `/route-groups/${group.id}` : '/route-groups',
        body,
        response: routeGroupSchema,
      }),
    onSuccess: async ({ name }) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/route-groups'] });
      toast.done(t(group ? 'saved' : 'added', { name }));
      onSaved();
    },
  });
}
