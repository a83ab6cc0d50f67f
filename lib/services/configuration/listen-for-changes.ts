import { type Listener, listenForNotices } from '@/lib/infra/db/listen';

/** The channel that the triggers of configured tables notify. */
const CHANNEL = 'tollbridge_config';

export interface ConfigListenerOptions {
  readonly url: string;
  /** "connected": anything may have happened meanwhile. Never more than once in 10 ms. */
  onChange(reason: 'connected' | 'notified'): void;
  onError(error: Error): void;
}

/** Says when configuration may have changed, over a connection of its own that reconnects. */
export function listenForChanges(options: ConfigListenerOptions): Listener {
  return listenForNotices({
    url: options.url,
    channel: CHANNEL,
    applicationName: 'tollbridge-config',
    onNotice: options.onChange,
    onError: options.onError,
  });
}
