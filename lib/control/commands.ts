import { z } from 'zod';
import type { RateSnapshot } from '@/lib/core/rating/snapshot';
import {
  accountPathSchema,
  atMsSchema,
  callFactSchema,
  metricFamilySchema,
  recordingStateSchema,
  registrationFactSchema,
  traceMessageFactSchema,
} from './facts';

const empty = z.object({});

const bigintText = z.string().regex(/^-?\d+$/);

const limitedKindSchema = z.enum(['account', 'tenant', 'extension', 'trunk', 'number']);

/** A rate as it is stored with a charge. */
const rateSnapshotSchema = z.custom<RateSnapshot>(
  (value) => typeof value === 'object' && value !== null && 'v' in value && 'prefix' in value,
);

/** A rate, and what it makes of the asked duration. */
const simulatedPriceSchema = z.object({
  snapshot: rateSnapshotSchema,
  billedSeconds: z.number().int(),
  amountMicro: bigintText,
});

/** A route that a call would take, or why it would not; costs are the operator's. */
const simulatedRouteSchema = z.object({
  trunkId: z.uuid(),
  trunkName: z.string(),
  carrierId: z.uuid().nullable(),
  /** As it would be dialled there, before the trunk's own translation. */
  number: z.string().nullable(),
  /** Behind the others for a while. */
  isDemoted: z.boolean(),
  /** null: it would be tried. */
  skipped: z.string().nullable(),
  /** What the carrier takes for the asked duration; null = nothing is bought, or there is no rate. */
  buy: simulatedPriceSchema.nullable(),
  /** By what routes are compared: 300 s, fees included. */
  cost300Micro: bigintText.nullable(),
  price300Micro: bigintText.nullable(),
});

/**
 * What the web may ask of the switch: input and result of each command. `scopePath` is the asker's
 * subtree: what lies outside it is answered as if it did not exist.
 */
export const COMMANDS = {
  /** Whether it runs, and how busy it is. */
  status: {
    input: empty,
    result: z.object({
      nodeId: z.string(),
      state: z.enum(['starting', 'running', 'draining']),
      startedAtMs: atMsSchema,
      liveCalls: z.number().int().nonnegative(),
      registrations: z.number().int().nonnegative(),
      /** Where SIP is taken: "address:port, address:port" by transport; null where one is off. */
      sip: z.object({
        udp: z.string().nullable(),
        tcp: z.string().nullable(),
        tls: z.string().nullable(),
        ws: z.string().nullable(),
        wss: z.string().nullable(),
      }),
      /** What is held in memory now; all 0 when nobody calls and the last timers have run out. */
      inUse: z.object({
        transactions: z.number().int().nonnegative(),
        dialogs: z.number().int().nonnegative(),
        mediaSessions: z.number().int().nonnegative(),
        mediaPortPairs: z.number().int().nonnegative(),
      }),
      /** What carries media, and the machines that it stands on beside this one. */
      media: z.object({
        engine: z.enum(['relay', 'direct', 'rtpengine']),
        nodes: z.array(z.object({ name: z.string(), isUp: z.boolean() })),
      }),
      /** When the directory last agreed with the database; null while it has not been read yet. */
      configurationCheckedAtMs: atMsSchema.nullable(),
    }),
  },
  /** Its figures, for whoever watches it from outside. */
  metrics: {
    input: empty,
    result: z.object({ families: z.array(metricFamilySchema) }),
  },
  /** Calls in progress that somebody in the subtree makes, takes or pays, the newest first. */
  liveCalls: {
    input: z.object({
      scopePath: accountPathSchema,
      limit: z.number().int().min(1).max(1_000).default(200),
    }),
    result: z.object({
      calls: z.array(callFactSchema),
      /** All there are in the subtree, also beyond the limit. */
      total: z.number().int().nonnegative(),
    }),
  },
  /** What a call of an extension would be, planned as for its INVITE; NOT_FOUND outside the subtree. */
  quote: {
    input: z.object({
      scopePath: accountPathSchema,
      extensionId: z.uuid(),
      dialled: z.string().min(1).max(64),
      /** The number it asks to be shown as; null: the extension's own. */
      callAs: z.string().max(32).nullable(),
    }),
    result: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('refused'), code: z.string() }),
      z.object({
        kind: z.literal('planned'),
        callClass: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']),
        /** E.164, an extension's number, or an emergency number. */
        number: z.string(),
        /** As the payer's deck calls it; '' where it does not, or nobody pays. */
        destination: z.string(),
        /** What the other side is shown; null: nothing. */
        callerId: z.string().nullable(),
        /** By limits alone; funds are not looked at. */
        maxSeconds: z.number().int(),
        /** From the payer up; empty: free. */
        hops: z.array(z.object({ accountId: z.uuid(), snapshot: rateSnapshotSchema })),
      }),
    ]),
  },
  /** What is going on now at subjects that are limited; those outside the subtree are left out. */
  limitUsage: {
    input: z.object({
      scopePath: accountPathSchema,
      subjects: z
        .array(z.object({ kind: limitedKindSchema, id: z.uuid(), accountId: z.uuid() }))
        .max(500),
    }),
    result: z.object({
      usages: z.array(
        z.object({
          kind: limitedKindSchema,
          id: z.uuid(),
          concurrentCalls: z.number().int().nonnegative(),
          outgoingCalls: z.number().int().nonnegative(),
          callsThisSecond: z.number().int().nonnegative(),
          spentTodayMicro: bigintText,
        }),
      ),
    }),
  },
  /**
   * The whole plan of a call that an extension would make at a time, for an asked duration: every hop,
   * every route with the reason why it is skipped, or the refusal. Limits are those of this moment.
   * Not filtered for anybody: that is for the asking service to do. NOT_FOUND outside the subtree.
   */
  simulate: {
    input: z.object({
      scopePath: accountPathSchema,
      extensionId: z.uuid(),
      dialled: z.string().min(1).max(64),
      callAs: z.string().max(32).nullable(),
      /** When it would begin; null: now. */
      atMs: atMsSchema.nullable(),
      seconds: z.number().int().positive(),
    }),
    result: z.object({
      atMs: atMsSchema,
      refusal: z
        .object({ code: z.string(), hopAccountId: z.uuid().nullable(), message: z.string() })
        .nullable(),
      /** null where it is refused. */
      plan: z
        .object({
          callClass: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']),
          number: z.string(),
          callerId: z.object({
            number: z.string().nullable(),
            right: z.string(),
            isWithheld: z.boolean(),
          }),
          /** By limits alone; funds are not looked at. */
          maxSeconds: z.number().int(),
          /** From the payer up; empty: free. */
          hops: z.array(
            simulatedPriceSchema.extend({
              buyerAccountId: z.uuid(),
              sellerAccountId: z.uuid(),
              /** The rate is of the buyer's own, not of its sell deck. */
              isOwnRate: z.boolean(),
            }),
          ),
        })
        .nullable(),
      /** In the order they would be tried, then those that would not. */
      routes: z.array(simulatedRouteSchema),
    }),
  },
  /**
   * Rings an extension's phones and puts whoever takes it through, as if it had dialled. Answers at
   * once with the id that the call will have; refused with the code that the plan refuses it with,
   * EXTENSION_NOT_REGISTERED, CONFLICT while the phones ring for another such call, FORBIDDEN for
   * emergency numbers; NOT_FOUND outside the subtree.
   */
  originate: {
    input: z.object({
      scopePath: accountPathSchema,
      extensionId: z.uuid(),
      dialled: z.string().min(1).max(64),
      /** The number it asks to be shown as; null: the extension's own. */
      callAs: z.string().max(32).nullable(),
    }),
    result: z.object({ callId: z.uuid() }),
  },
  /**
   * Starts, stops, pauses or resumes the recording of a call for one account in it. NOT_FOUND where
   * none of its tenants is; FORBIDDEN where the call may not be recorded; CONFLICT where it is not.
   */
  record: {
    input: z.object({
      accountId: z.uuid(),
      callId: z.uuid(),
      action: z.enum(['start', 'stop', 'pause', 'resume']),
    }),
    result: z.object({ state: recordingStateSchema }),
  },
  /**
   * Ends a call, or stops ringing for one that was asked for; NOT_FOUND where no such call is in the
   * subtree.
   */
  hangUp: {
    input: z.object({ scopePath: accountPathSchema, callId: z.uuid() }),
    result: empty,
  },
  /**
   * The signalling that is kept of a call that goes on or has just ended; NOT_FOUND where no such
   * call is in the subtree. `accountId`: only what is kept for this account; null: everything.
   */
  trace: {
    input: z.object({
      scopePath: accountPathSchema,
      callId: z.uuid(),
      accountId: z.uuid().nullable(),
    }),
    result: z.object({
      /** Whether the call goes on. */
      isLive: z.boolean(),
      /** The call's own tenant, then the one that is called. */
      tenantIds: z.array(z.uuid()).max(2),
      isTruncated: z.boolean(),
      legs: z.array(
        z.object({
          seq: z.number().int(),
          extensionId: z.uuid().nullable(),
          trunkId: z.uuid().nullable(),
        }),
      ),
      messages: z.array(traceMessageFactSchema),
    }),
  },
  /** Who is registered now, of the named tenants or extensions or of the whole subtree. */
  registrations: {
    input: z.object({
      scopePath: accountPathSchema,
      tenantIds: z.array(z.uuid()).max(500).optional(),
      extensionIds: z.array(z.uuid()).max(500).optional(),
      limit: z.number().int().min(1).max(5_000).default(1_000),
    }),
    result: z.object({ registrations: z.array(registrationFactSchema) }),
  },
  /**
   * Drops one binding and the subscriptions of its extension; the phone has to register anew.
   * NOT_FOUND where there is none such in the subtree.
   */
  evictRegistration: {
    input: z.object({
      scopePath: accountPathSchema,
      extensionId: z.uuid(),
      contactUri: z.string().max(512),
      instanceId: z.string().max(256),
      regId: z.number().int().nonnegative(),
    }),
    result: empty,
  },
  /**
   * How many messages wait for an extension, as whoever keeps its mailbox says; its phones are told.
   * NOT_FOUND where there is no such extension in the subtree.
   */
  setMessagesWaiting: {
    input: z.object({
      scopePath: accountPathSchema,
      extensionId: z.uuid(),
      unheard: z.number().int().min(0).max(9_999),
      heard: z.number().int().min(0).max(9_999),
    }),
    result: empty,
  },
} as const satisfies Record<string, { input: z.ZodType; result: z.ZodType }>;

export type CommandName = keyof typeof COMMANDS;
/** What an asker writes. */
export type CommandInput<Name extends CommandName> = z.input<(typeof COMMANDS)[Name]['input']>;
/** What the switch reads after parsing, defaults filled in. */
export type CommandRequest<Name extends CommandName> = z.output<(typeof COMMANDS)[Name]['input']>;
export type CommandResult<Name extends CommandName> = z.output<(typeof COMMANDS)[Name]['result']>;

/** The switch's side: one function a command. Expected refusals are AppErrors. */
export type CommandHandlers = {
  readonly [Name in CommandName]: (
    input: CommandRequest<Name>,
  ) => Promise<CommandResult<Name>> | CommandResult<Name>;
};

/** Whether a text names a command. */
export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}

/** Every answer's form: HTTP 200 with `ok: true`, or with the refusal (any status ≥ 400 too). */
export const commandAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);
export type CommandAnswer = z.infer<typeof commandAnswerSchema>;
