import type { PickupName } from '@/lib/switch/call/pickup-names';

/** One call of a watched extension (RFC 4235 §4.1). */
export interface WatchedDialog {
  readonly id: string;
  readonly direction: 'initiator' | 'recipient';
  readonly state: 'trying' | 'early' | 'confirmed' | 'terminated';
  /** The other party, where the watcher may know who it is. */
  readonly peer: { readonly uri: string; readonly name: string } | null;
  /** By what a colleague may pick it up, while it rings (call/pickup-names.ts). */
  readonly pickup?: PickupName | undefined;
}

/** The calls of an extension as its watchers are told. */
export interface WatchedExtension {
  /** `sip:102@acme.test`. */
  readonly entity: string;
  readonly dialogs: readonly WatchedDialog[];
}

/** The media type of a notification of the `dialog` package. */
export const DIALOG_INFO_TYPE = 'application/dialog-info+xml';

/**
 * A full-state document of RFC 4235. Call-ID and tags are no dialog's: our own leg's are nobody's
 * business. What rings has a name there by which it can be picked up (Replaces), what talks has none.
 */
export function dialogInfo(extension: WatchedExtension, version: number): string {
  const entity = escapeXml(extension.entity);
  const dialogs = extension.dialogs.map((dialog) => dialogElement(dialog, entity)).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
    '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" ' +
    `version="${version}" state="full" entity="${entity}">\r\n${dialogs}</dialog-info>\r\n`
  );
}

function dialogElement(dialog: WatchedDialog, entity: string): string {
  const { id, direction, state, peer, pickup } = dialog;
  const named =
    pickup === undefined
      ? ''
      : ` call-id="${escapeXml(pickup.callId)}" local-tag="${escapeXml(pickup.localTag)}"` +
        ` remote-tag="${escapeXml(pickup.remoteTag)}"`;
  const remote =
    peer === null
      ? ''
      : `<remote><identity display="${escapeXml(peer.name)}">${escapeXml(peer.uri)}</identity>` +
        `<target uri="${escapeXml(peer.uri)}"/></remote>\r\n`;
  return (
    `<dialog id="${escapeXml(id)}"${named} direction="${direction}">\r\n` +
    `<state>${state}</state>\r\n` +
    `<local><identity>${entity}</identity><target uri="${entity}"/></local>\r\n` +
    `${remote}</dialog>\r\n`
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an attribute or element; what XML 1.0 can't hold at all (§2.2) becomes a space. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
