import { type ControlClient, createControlClient } from '@/lib/control/client';
import { webRuntime } from './runtime';

/** The switch of this installation, for routes that ask it something. */
export function controlClient(): ControlClient {
  const { controlPort: port, controlSecret: secret } = webRuntime().settings;
  return createControlClient({ port, secret });
}
