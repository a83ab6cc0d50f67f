import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { isAppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import type { Permission } from '@/lib/services/access/roles';
import type { Actor, ServiceContext } from '@/lib/services/context';
import { sessionOf } from './authenticate';
import { type RequestHost, requestHost } from './hosts';
import { clientAddress } from './request-facts';
import { webRuntime } from './runtime';

/** Set by the proxy: where the browser is. */
export const PATH_HEADER = 'x-portal-path';

/** The host that the page being rendered was asked for on. */
export const currentHost = cache(
  async (): Promise<RequestHost> => requestHost(webRuntime(), await headers()),
);

/** The context of the person who is signed in, once per page; null while nobody is. */
export const currentContext = cache(async (): Promise<ServiceContext | null> => {
  const runtime = webRuntime();
  const { database, clock, sealer, settings } = runtime;
  const sent = await headers();
  const session = await sessionOf(runtime, sent, await currentHost());
  if (!session) return null;
  const address = clientAddress(sent, settings.trustedProxies);
  const actor: Actor = { ...session.actor, address, requestId: newId(clock.nowMs()) };
  return { database, clock, sealer, actor };
});

/** The context of the person who is signed in; sends everybody else to the sign-in page. */
export async function requireContext(): Promise<ServiceContext> {
  const context = await currentContext();
  if (context) return context;
  const path = (await headers()).get(PATH_HEADER) ?? '/';
  redirect(path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`);
}

/** Who is signed in; sends everybody else to the sign-in page. */
export async function requireActor(): Promise<Actor> {
  return (await requireContext()).actor;
}

/** Like requireContext, for pages that one permission guards; sends others to "denied". */
export async function requirePermission(permission: Permission): Promise<ServiceContext> {
  const context = await requireContext();
  try {
    authorize(context, permission);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'FORBIDDEN') throw error;
    redirect(`/denied?permission=${encodeURIComponent(permission)}`);
  }
  return context;
}

/** Where people of a kind of account start. */
export function homePath(accountKind: Actor['accountKind']): string {
  switch (accountKind) {
    case 'operator':
      return '/admin';
    case 'reseller':
      return '/reseller';
    case 'customer':
      return '/overview';
  }
}
