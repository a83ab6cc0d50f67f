'use client';

import { useTranslations } from 'next-intl';
import { CopyButton } from '@/components/patterns/copy-button';
import { DateTime } from '@/components/patterns/date-time';
import { Money } from '@/components/patterns/money';
import { FactList } from '@/components/patterns/panel';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import { SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { TextLink } from '@/components/ui/text-link';
import { useItem } from '@/lib/client/use-item';
import { useList } from '@/lib/client/use-list';
import { accountSchema, type WireAccount } from '@/lib/services/accounts/schemas';
import { tenantSchema } from '@/lib/services/tenants/schemas';
import { AddDomain } from './add-domain';
import { PostToWallet } from './post-to-wallet';

const CONSOLES = { operator: 'admin', reseller: 'reseller' } as const;

interface AccountProps {
  account: WireAccount;
}

/** What there is to know of an account: funds, domains, and the rest. */
export function AccountOverview({ account }: AccountProps) {
  return (
    <>
      <FundsSection account={account} />
      <DomainsSection account={account} />
      <FactsSection account={account} />
    </>
  );
}

function FundsSection({ account }: AccountProps) {
  const t = useTranslations('accounts');
  const { account: viewer } = useViewer();
  const mayAdjust = useMay('wallets.adjust');
  const { wallet, kind } = account;
  const console = viewer.kind === 'customer' ? null : CONSOLES[viewer.kind];
  // Whoever sells to it keeps its wallet; so may the operator.
  const mayPost =
    mayAdjust &&
    (viewer.kind === 'operator' || account.parentId === viewer.id) &&
    kind !== 'operator';
  if (kind === 'operator') return null;
  if (!wallet) {
    return (
      <SheetSection title={t('sheet.funds')}>
        <p className="text-ink-2">{t('sheet.fundsHidden')}</p>
      </SheetSection>
    );
  }
  return (
    <SheetSection title={t('sheet.funds')} aside={t(`modes.${wallet.mode}`)}>
      <FactList
        facts={[
          {
            label: t('sheet.balance'),
            value: <Money value={wallet.balance} detail="explained" className="font-semibold" />,
          },
          { label: t('sheet.held'), value: <Money value={wallet.held} detail="explained" /> },
          {
            label: t('sheet.credit'),
            value: <Money value={wallet.creditLimit} detail="balance" />,
          },
          {
            label: t('sheet.available'),
            value: <Money value={wallet.available} detail="explained" />,
          },
        ]}
      />
      <div className="mt-3 flex flex-wrap gap-2">
        {mayPost && <PostToWallet account={account} walletId={wallet.id} />}
        {console && (
          <ButtonLink size="sm" href={`/${console}/wallets/${wallet.id}`}>
            {t('sheet.statement')}
          </ButtonLink>
        )}
      </div>
    </SheetSection>
  );
}

function DomainsSection({ account }: AccountProps) {
  const t = useTranslations('accounts.sheet');
  const mayWrite = useMay('tenants.write');
  const { rows, error } = useList({
    path: '/tenants',
    query: { accountId: account.id, limit: 50 },
    item: tenantSchema,
  });
  return (
    <SheetSection title={t('tenants')}>
      {rows === undefined && error && <p className="text-red-text">{t('tenantsFailed')}</p>}
      {rows === undefined && !error && <Skeleton className="w-1/2" />}
      {rows?.length === 0 && <p className="text-ink-2">{t('noTenants')}</p>}
      {rows && rows.length > 0 && (
        <ul className="flex flex-col gap-2">
          {rows.map((tenant) => (
            <li key={tenant.id} className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
              <span className="text-mono">{tenant.domain}</span>
              <span className="text-ink-3 text-small">
                {t('extensions', { count: tenant.extensionCount })}
              </span>
              {tenant.state === 'suspended' && <Badge tone="amber">{tenant.state}</Badge>}
              <span className="ms-auto">
                <GenerationTag
                  wanted={tenant.generation}
                  observed={tenant.status.observedGeneration}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
      {mayWrite && account.state === 'active' && <AddDomain account={account} />}
    </SheetSection>
  );
}

function FactsSection({ account }: AccountProps) {
  const t = useTranslations('accounts');
  const { maxConcurrentCalls: calls, maxCallsPerSecond: cps } = account.limits;
  return (
    <SheetSection title={t('sheet.facts')}>
      <FactList
        facts={[
          { label: t('sheet.kind'), value: t(`kinds.${account.kind}`) },
          { label: t('sheet.seller'), value: <SellerName account={account} /> },
          { label: t('sheet.deck'), value: <DeckName account={account} /> },
          { label: t('sheet.limits'), value: t('sheet.limitsValue', { calls, cps }) },
          { label: t('sheet.billed'), value: t(`billedBy.${account.billedBy}`) },
          { label: t('sheet.zone'), value: account.timeZone },
          { label: t('sheet.country'), value: account.country },
          { label: t('sheet.created'), value: <DateTime value={account.createdAt} /> },
          {
            label: t('sheet.onSwitch'),
            value: (
              <GenerationTag
                wanted={account.generation}
                observed={account.status.observedGeneration}
              />
            ),
          },
          {
            label: t('sheet.id'),
            value: (
              <span className="flex items-center gap-1">
                <span className="truncate text-mono">{account.id}</span>
                <CopyButton value={account.id} label={t('sheet.id')} />
              </span>
            ),
          },
        ]}
      />
    </SheetSection>
  );
}

/** Its seller, by name, as far as the viewer's subtree goes. */
function SellerName({ account }: AccountProps) {
  const { account: viewer } = useViewer();
  const isOwn = account.parentId === viewer.id;
  const seller = useItem({
    path: '/accounts',
    id: isOwn ? null : account.parentId,
    response: accountSchema,
  });
  if (isOwn) return viewer.name;
  if (account.parentId === null) return '–';
  return seller.data?.name ?? <Skeleton className="w-20" />;
}

function DeckName({ account }: AccountProps) {
  const t = useTranslations('accounts.sheet');
  const { account: viewer } = useViewer();
  const { sellDeck, ownDeck, parentId } = account;
  const home = viewer.kind === 'operator' ? '/admin/decks' : '/reseller/decks';
  const link = ({ id, name }: { id: string; name: string }) => (
    <TextLink href={`${home}/${id}`}>{name}</TextLink>
  );
  if (ownDeck && sellDeck) {
    return t.rich('decks', { own: () => link(ownDeck), shared: () => link(sellDeck) });
  }
  const only = ownDeck ?? sellDeck;
  if (only) return link(only);
  // Whoever does not sell to it is not told either way.
  const isTold = viewer.kind === 'operator' || parentId === viewer.id;
  if (!isTold || account.kind === 'operator') return '–';
  return <Badge tone="amber">{t('noDeck')}</Badge>;
}
