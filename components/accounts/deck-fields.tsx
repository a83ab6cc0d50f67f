'use client';

import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import { deckSchema } from '@/lib/services/decks/schemas';
import { type AccountForm, NO_DECK } from './account-form-values';
import { sellDecksQuery } from './queries';

export interface DeckFieldsProps {
  form: UseFormReturn<AccountForm>;
  account: WireAccount;
  disabled: boolean;
}

/** At which of its seller's decks an account buys: the one it shares, and the one asked before it. */
export function DeckFields({ form, account, disabled }: DeckFieldsProps) {
  const t = useTranslations('accounts.form');
  const decks = useList({
    path: '/decks',
    query: sellDecksQuery(account.parentId ?? ''),
    item: deckSchema,
  });
  // Until the list is there, what the account has.
  const known =
    decks.rows ??
    [account.sellDeck, account.ownDeck].flatMap((deck) =>
      deck ? [{ ...deck, currency: '' }] : [],
    );
  const items = known.map(({ id, name, currency }) => ({ value: id, label: name, hint: currency }));
  const [sellDeckId, ownDeckId] = form.watch(['sellDeckId', 'ownDeckId']);
  const refused = ownDeckId === NO_DECK ? t('noDeckHint') : t('noDeckOwnHint');
  // A deck stands in one of the two places.
  const fields = [
    {
      name: 'sellDeckId',
      label: t('deck'),
      hint: null,
      none: { value: NO_DECK, label: t('noDeck'), hint: refused },
      decks: items.filter(({ value }) => value !== ownDeckId),
    },
    {
      name: 'ownDeckId',
      label: t('ownDeck'),
      hint: t('ownDeckHint'),
      none: { value: NO_DECK, label: t('noDeck') },
      decks: items.filter(({ value }) => value !== sellDeckId),
    },
  ] as const;
  return fields.map(({ name, label, hint, none, decks: offered }) => (
    <Field key={name} label={label} hint={hint} disabled={disabled}>
      <Controller
        control={form.control}
        name={name}
        render={({ field }) => (
          <Select
            disabled={disabled}
            items={[none, ...offered]}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  ));
}
