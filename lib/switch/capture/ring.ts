import type { TraceMessage } from '@/lib/services/traces/types';

/** Bounds of what is kept in memory; all together, not each. */
export interface RingLimits {
  readonly maxBytes: number;
  readonly maxDialogs: number;
  /** Of one tenant: one that captures a busy trunk must not push out the others. */
  readonly maxTenantBytes: number;
  /** Of one call, over all its legs. */
  readonly maxCallBytes: number;
  readonly maxCallMessages: number;
  /** How long a dialog may wait for somebody to say whose it is; longer than any ringing. */
  readonly unclaimedMs: number;
}

/** 32 MB hold some 3,000 calls of fifteen messages; a call of a day with re-INVITEs fits in 1 MB. */
export const RING_LIMITS: RingLimits = {
  maxBytes: 32 * 1024 * 1024,
  maxDialogs: 20_000,
  maxTenantBytes: 8 * 1024 * 1024,
  maxCallBytes: 1024 * 1024,
  maxCallMessages: 1_000,
  unclaimedMs: 5 * 60_000,
};

/** Calls that one leg may be handed through: a caller forwarded and transferred as often as it may. */
const MAX_HOLDERS = 8;

/** Whose a dialog is, once it is known: a leg of a call of a tenant that captures. */
export interface Claim {
  readonly callId: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly retentionDays: number;
  readonly leg: number;
  readonly isCarrier: boolean;
}

/** A message before it is known of which leg. */
export type HeardMessage = Omit<TraceMessage, 'leg' | 'isCarrier'>;

/** A call that has a dialog for one of its legs. */
interface Holder {
  readonly claim: Claim;
  /** Messages before this are not its own: it got the leg from another call. */
  readonly sinceMs: number;
}

interface Heard {
  readonly callId: string;
  readonly sinceMs: number;
  messages: HeardMessage[];
  bytes: number;
  /**
   * The calls that have it, the first first: it counts at that one. undefined: not known yet; null:
   * of somebody who does not capture.
   */
  holders: readonly Holder[] | null | undefined;
  isTruncated: boolean;
}

interface Share {
  bytes: number;
  messages: number;
}

/** The dialogs of one call that were claimed. */
export interface HeardDialog {
  readonly claim: Claim;
  readonly isTruncated: boolean;
  readonly messages: readonly HeardMessage[];
}

/**
 * SIP messages in memory, by the Call-ID of their dialog, bounded in every direction. A dialog
 * begins with an INVITE; whose it is shows a moment later, when its call is admitted. Where room is
 * short, what belongs to nobody yet goes first, the oldest first; then nothing further is kept.
 */
export class TraceRing {
  private readonly limits: RingLimits;
  /** Nobody's yet, or of nobody who captures; the oldest first. */
  private readonly waiting = new Map<string, Heard>();
  private readonly claimed = new Map<string, Heard>();
  private readonly byCall = new Map<string, Set<Heard>>();
  private readonly tenants = new Map<string, number>();
  private readonly calls = new Map<string, Share>();
  private total = 0;
  private lost = 0;

  constructor(limits: RingLimits = RING_LIMITS) {
    this.limits = limits;
  }

  get bytes(): number {
    return this.total;
  }

  get size(): number {
    return this.waiting.size + this.claimed.size;
  }

  /** Messages that found no room since the start. */
  get dropped(): number {
    return this.lost;
  }

  /** Whether anything of this dialog is kept, or would be. */
  wants(sipCallId: string, isInvite: boolean): boolean {
    const dialog = this.find(sipCallId);
    return dialog === undefined ? isInvite : dialog.holders !== null;
  }

  add(sipCallId: string, message: HeardMessage): void {
    const dialog = this.find(sipCallId) ?? this.open(sipCallId, message.atMs);
    if (dialog === undefined) {
      this.lost += 1;
      return;
    }
    const bytes = message.text.length;
    if (!this.hasRoom(dialog, bytes)) {
      dialog.isTruncated = true;
      this.lost += 1;
      return;
    }
    dialog.messages.push(message);
    this.count(dialog, { bytes, messages: 1 });
  }

  /**
   * Says whose a dialog is; null: of nobody who captures, so it is forgotten. The first word counts:
   * a further call of the same tenant shares it, anybody else's does not. What came before `sinceMs`
   * is not that call's.
   */
  claim(sipCallId: string, claim: Claim | null, sinceMs = 0): void {
    const dialog = this.find(sipCallId);
    if (dialog === undefined || dialog.holders === null) return;
    if (dialog.holders !== undefined) {
      if (claim) this.share(dialog, dialog.holders, { claim, sinceMs });
      return;
    }
    if (claim === null) {
      this.count(dialog, { bytes: -dialog.bytes, messages: -dialog.messages.length });
      dialog.messages = [];
      dialog.holders = null;
      return;
    }
    this.waiting.delete(sipCallId);
    this.claimed.set(sipCallId, dialog);
    this.hold(dialog, [{ claim, sinceMs }]);
    this.file(claim.callId, dialog);
  }

  /** Whether a call has any dialog here. */
  has(callId: string): boolean {
    return this.byCall.has(callId);
  }

  /** What is kept of a call so far: of each dialog what came while it had it. */
  read(callId: string): readonly HeardDialog[] {
    return [...(this.byCall.get(callId) ?? [])].flatMap(({ holders, isTruncated, messages }) => {
      const holder = holders?.find(({ claim }) => claim.callId === callId);
      if (!holder) return [];
      const { claim, sinceMs } = holder;
      const own = messages.filter(({ atMs }) => atMs >= sinceMs);
      return own.length === 0 ? [] : [{ claim, isTruncated, messages: own }];
    });
  }

  /** What was kept of a call; it is forgotten, but for what another call has, too. */
  take(callId: string): readonly HeardDialog[] {
    const taken = this.read(callId);
    for (const dialog of [...(this.byCall.get(callId) ?? [])]) {
      const others = dialog.holders?.filter(({ claim }) => claim.callId !== callId) ?? [];
      if (others.length === 0) this.forget(dialog);
      else {
        this.unfile(callId, dialog);
        this.hold(dialog, others);
      }
    }
    return taken;
  }

  /** Forgets what nobody claimed for too long, and what belongs to those who do not capture. */
  sweep(nowMs: number): void {
    for (const dialog of this.waiting.values()) {
      if (nowMs - dialog.sinceMs <= this.limits.unclaimedMs) return;
      this.forget(dialog);
    }
  }

  /** Forgets everything. */
  clear(): void {
    for (const dialog of [...this.waiting.values(), ...this.claimed.values()]) this.forget(dialog);
  }

  private open(callId: string, sinceMs: number): Heard | undefined {
    if (this.size >= this.limits.maxDialogs && !this.evict()) return undefined;
    const dialog: Heard = {
      callId,
      sinceMs,
      messages: [],
      bytes: 0,
      holders: undefined,
      isTruncated: false,
    };
    this.waiting.set(callId, dialog);
    return dialog;
  }

  private find(sipCallId: string): Heard | undefined {
    return this.claimed.get(sipCallId) ?? this.waiting.get(sipCallId);
  }

  private hasRoom(dialog: Heard, bytes: number): boolean {
    const { limits } = this;
    const claim = dialog.holders?.[0]?.claim;
    if (claim) {
      const share = this.calls.get(claim.callId);
      if (share && share.bytes + bytes > limits.maxCallBytes) return false;
      if (share && share.messages >= limits.maxCallMessages) return false;
      if ((this.tenants.get(claim.tenantId) ?? 0) + bytes > limits.maxTenantBytes) return false;
    } else if (dialog.bytes + bytes > limits.maxCallBytes) return false;
    while (this.total + bytes > limits.maxBytes) if (!this.evict()) return false;
    return true;
  }

  /** Gives up the oldest dialog that belongs to nobody (yet). */
  private evict(): boolean {
    const [oldest] = this.waiting.values();
    if (oldest === undefined) return false;
    this.lost += oldest.messages.length;
    this.forget(oldest);
    return true;
  }

  private forget(dialog: Heard): void {
    this.count(dialog, { bytes: -dialog.bytes, messages: -dialog.messages.length });
    dialog.messages = [];
    this.waiting.delete(dialog.callId);
    this.claimed.delete(dialog.callId);
    for (const { claim } of dialog.holders ?? []) this.unfile(claim.callId, dialog);
  }

  private share(dialog: Heard, holders: readonly Holder[], further: Holder): void {
    const { tenantId, accountId, callId } = further.claim;
    const first = holders[0]?.claim;
    const isOthers = first?.tenantId !== tenantId || first.accountId !== accountId;
    const isKnown = holders.some(({ claim }) => claim.callId === callId);
    if (isOthers || isKnown || holders.length >= MAX_HOLDERS) return;
    dialog.holders = [...holders, further];
    this.file(callId, dialog);
  }

  /** Who has a dialog from now on; it counts at the first of them. */
  private hold(dialog: Heard, holders: readonly Holder[]): void {
    const { bytes } = dialog;
    const messages = dialog.messages.length;
    this.count(dialog, { bytes: -bytes, messages: -messages });
    dialog.holders = holders;
    this.count(dialog, { bytes, messages });
  }

  private file(callId: string, dialog: Heard): void {
    const siblings = this.byCall.get(callId);
    if (siblings === undefined) this.byCall.set(callId, new Set([dialog]));
    else siblings.add(dialog);
  }

  private unfile(callId: string, dialog: Heard): void {
    const siblings = this.byCall.get(callId);
    siblings?.delete(dialog);
    if (siblings?.size === 0) this.byCall.delete(callId);
  }

  private count(dialog: Heard, change: Share): void {
    dialog.bytes += change.bytes;
    this.total += change.bytes;
    const claim = dialog.holders?.[0]?.claim;
    if (!claim) return;
    const { callId, tenantId } = claim;
    const ofTenant = (this.tenants.get(tenantId) ?? 0) + change.bytes;
    if (ofTenant > 0) this.tenants.set(tenantId, ofTenant);
    else this.tenants.delete(tenantId);
    const share = this.calls.get(callId) ?? { bytes: 0, messages: 0 };
    share.bytes += change.bytes;
    share.messages += change.messages;
    if (share.messages > 0) this.calls.set(callId, share);
    else this.calls.delete(callId);
  }
}
