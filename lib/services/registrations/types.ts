/** Which binding of which extension: its contact, and of an outbound phone which of its flows. */
export interface BindingKey {
  readonly extensionId: string;
  /** As registered, at most MAX_CONTACT_LENGTH characters. */
  readonly contactUri: string;
  /** `+sip.instance` (RFC 5626); '' where the phone names none. */
  readonly instanceId: string;
  /** Which flow of that instance (RFC 5626); 0 for a phone that knows of one only. */
  readonly regId: number;
}

/** Where an extension can be reached, as the registrar knows it. */
export interface BindingRecord extends BindingKey {
  readonly nodeId: string;
  /** Call-ID and CSeq of the REGISTER that wrote it. */
  readonly callId: string;
  readonly cseq: number;
  /** The flow it came in by: {transport, local, remote, connectionId?}. */
  readonly flow: Readonly<Record<string, unknown>>;
  /** The proxies between the phone and us, as Route values (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent: string;
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  /** Unix milliseconds. */
  readonly registeredAtMs: number;
  readonly refreshedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Why a binding came or went. `unregistered`: the phone said so. `expired`: it did not come back.
 * `connection_lost`: its stream ended. `replaced`: the same phone has another contact now.
 * `evicted`: somebody asked for it in the portal. `secret_changed`: it must prove the new one.
 * `closed`: the extension, its tenant or its account was suspended, ended or deleted.
 */
export const REGISTRATION_CAUSES = [
  'registered',
  'refreshed',
  'unregistered',
  'expired',
  'connection_lost',
  'replaced',
  'evicted',
  'secret_changed',
  'closed',
] as const;
export type RegistrationCause = (typeof REGISTRATION_CAUSES)[number];

/** A phone came or was lost; told in the extension's history. */
export interface RegistrationEventRecord {
  readonly extensionId: string;
  readonly atMs: number;
  readonly cause: RegistrationCause;
  readonly userAgent: string;
  readonly address: string;
  readonly port: number;
  readonly transport: string;
}
