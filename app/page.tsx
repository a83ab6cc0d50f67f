import { redirect } from 'next/navigation';
import { homePath, requireActor } from '@/lib/web/session';

/** Everybody starts where people of their kind of account do. */
export default async function StartPage() {
  const { accountKind } = await requireActor();
  redirect(homePath(accountKind));
}
