import { TextTable } from '@/lib/core/text-table.server';
import { requestDialogKey, responseDialogKey } from './dialog';
import type { SipRequest, SipResponse } from './message';

/** Finds whose a message is: dialogs by Call-ID and both tags, each with its owner (a leg). */
export class DialogTable<Owner> {
  private readonly owners = new TextTable<Owner>();

  get size(): number {
    return this.owners.size;
  }

  /** `key` is Dialog.key. */
  set(key: string, owner: Owner): void {
    this.owners.set(key, owner);
  }

  delete(key: string): void {
    this.owners.delete(key);
  }

  get(key: string): Owner | undefined {
    return this.owners.get(key);
  }

  /** The owner of the dialog that a request of the peer belongs to. */
  ofRequest(request: SipRequest): Owner | undefined {
    return this.owners.get(requestDialogKey(request));
  }

  /** The owner of the dialog that a response to a request of ours belongs to. */
  ofResponse(response: SipResponse): Owner | undefined {
    return this.owners.get(responseDialogKey(response));
  }
}
