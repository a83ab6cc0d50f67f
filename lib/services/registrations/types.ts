/** Which binding of which extension: its contact, as registered. */
export interface BindingKey {
  readonly extensionId: string;
  readonly contactUri: string;
}

/** Where an extension can be reached, as the registrar knows it. */
export interface BindingRecord extends BindingKey {
  readonly nodeId: string;
  /** Call-ID and CSeq of the REGISTER that wrote it. */
  readonly callId: string;
  readonly cseq: number;
  /** The flow it came in by: {transport, local, remote, connectionId?}. */
  readonly flow: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
  readonly instanceId: string | null;
  readonly userAgent: string;
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  /** Unix milliseconds. */
  readonly registeredAtMs: number;
  readonly refreshedAtMs: number;
  readonly expiresAtMs: number;
}
