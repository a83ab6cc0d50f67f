/** What lies in a mailbox. */
export interface MessageCount {
  readonly unheard: number;
  readonly heard: number;
}

/** The media type of a notification of the `message-summary` package. */
export const MESSAGE_SUMMARY_TYPE = 'application/simple-message-summary';

const NOTHING: MessageCount = { unheard: 0, heard: 0 };

/**
 * How many messages wait for each extension. In memory: whoever keeps the mailboxes says it again
 * after a restart.
 */
export class MessagesWaiting {
  private readonly counts = new Map<string, MessageCount>();
  private onChange: (extensionId: string) => void = () => undefined;

  /** Tells one listener of each change. */
  listen(onChange: (extensionId: string) => void): void {
    this.onChange = onChange;
  }

  of(extensionId: string): MessageCount {
    return this.counts.get(extensionId) ?? NOTHING;
  }

  set(extensionId: string, count: MessageCount): void {
    const before = this.of(extensionId);
    if (before.unheard === count.unheard && before.heard === count.heard) return;
    if (count.unheard === 0 && count.heard === 0) this.counts.delete(extensionId);
    else this.counts.set(extensionId, count);
    this.onChange(extensionId);
  }

  /** An extension is gone, and its messages with it. */
  forget(extensionId: string): void {
    this.counts.delete(extensionId);
  }
}

/** The body of RFC 3842 §5.2. `account` is the address of record. */
export function messageSummary(account: string, { unheard, heard }: MessageCount): string {
  return (
    `Messages-Waiting: ${unheard > 0 ? 'yes' : 'no'}\r\n` +
    `Message-Account: ${account}\r\n` +
    `Voice-Message: ${unheard}/${heard} (0/0)\r\n`
  );
}
