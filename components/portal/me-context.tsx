'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { Me } from '@/lib/services/identity/schemas';

/** What pages need to know of who looks at them. */
export type Viewer = Pick<Me, 'account' | 'role' | 'permissions'>;

const ViewerContext = createContext<Viewer | null>(null);

/** Says who looks at everything below. */
export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return <ViewerContext value={viewer}>{children}</ViewerContext>;
}

/** Who looks at this page: their account, role and permissions. Below a console only. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error('useViewer needs a console around it');
  return viewer;
}

/** Whether the viewer's role holds a permission; the API decides in the end. */
export function useMay(permission: string): boolean {
  return useViewer().permissions.includes(permission);
}
