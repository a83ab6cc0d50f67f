import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import type { Cidr } from '@/lib/core/cidr';
import {
  address,
  addresses,
  cidrs,
  hostPorts,
  origin,
  origins,
  port,
  turnUrls,
  warnings,
} from './env-values';
import { isWildcard, outwardAddress, ownIpv6 } from './own-addresses';

/** A setting that can't be used: one line for the person at the terminal; the process exits with 1. */
export class EnvError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EnvError';
  }
}

const SCENARIOS = ['lab', 'demo'] as const;

/** A fixed set of contents that an empty database can be filled with. */
export type Scenario = (typeof SCENARIOS)[number];

/** Variables of operators, by name; `--sip-port 5070` overrides SIP_PORT. */
const variables = {
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: z
    .string()
    .refine(
      (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
      'must be a postgresql:// address',
    )
    .optional(),
  PORT: port.default(3000),
  SIP_PORT: port.default(5060),
  SIP_TLS_PORT: port.default(5061),
  SIP_WS_PORT: port.default(5066),
  SIP_WSS_PORT: port.default(7443),
  MEDIA: z
    .enum(['relay', 'direct', 'rtpengine'], { error: 'must be relay, direct or rtpengine' })
    .default('relay'),
  RTPENGINE: hostPorts.default([]),
  SIP_NATIVE: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  HTTPS_PORT: port.optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  RTP_PORT_MIN: port.default(10_000),
  RTP_PORT_MAX: port.default(20_000),
  DRAIN_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds, 0 to 3600' })
    .int('must be a number of seconds, 0 to 3600')
    .min(0, 'must be a number of seconds, 0 to 3600')
    .max(3_600, 'must be a number of seconds, 0 to 3600')
    .default(30),
  WARN_BEFORE_SECONDS: warnings.default([60, 10]),
  BIND_ADDRESS: address.default('127.0.0.1'),
  SIP_BIND_ADDRESSES: addresses.optional(),
  PUBLIC_URL: origin.optional(),
  PUBLIC_ADDRESS: address.optional(),
  PUBLIC_ADDRESS_IPV6: z.ipv6('must be an IPv6 address').optional(),
  TRUSTED_PROXIES: cidrs.default([]),
  CORS_ORIGINS: origins.default([]),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' })
    .default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json'], { error: 'must be pretty or json' }).default('pretty'),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  PUBLIC_WSS_URL: z
    .string()
    .refine((text) => /^wss?:\/\//.test(text) && URL.canParse(text), 'must be a wss:// address')
    .optional(),
  TURN_URLS: turnUrls.default([]),
  TURN_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
};

/** What only the command line says. */
const flags = {
  SCENARIO: z.enum(SCENARIOS, { error: `must be ${SCENARIOS.join(' or ')}` }).optional(),
  JSON: z.stringbool().default(false),
  SKIP_BACKUP: z.stringbool().default(false),
};

/** What the supervisor settles and hands to the processes it starts. */
const internals = {
  CONTROL_PORT: port,
  CONTROL_SECRET: z.string().min(32),
  NODE_ID: z.string().min(1),
};

const FLAGS_WITHOUT_VALUE: ReadonlySet<string> = new Set(['JSON', 'SKIP_BACKUP']);

const settingsSchema = z.object({ ...variables, ...flags });
const settledSchema = settingsSchema.extend({
  ...internals,
  DATABASE_URL: z.string().min(1),
  SECRET_KEY: z.string().min(32),
});

/** What an operator asked for, with defaults filled in; addresses and paths are absolute. */
export interface Settings {
  readonly dataDir: string;
  /** Whether DATA_DIR was named; scenarios otherwise take a throw-away directory. */
  readonly dataDirGiven: boolean;
  readonly databaseUrl: string | null;
  readonly port: number;
  readonly sipPort: number;
  readonly sipTlsPort: number;
  readonly sipWsPort: number;
  readonly sipWssPort: number;
  /**
   * relay: audio passes through the switch; direct: phones send to each other; rtpengine: through an
   * rtpengine.
   */
  readonly media: 'relay' | 'direct' | 'rtpengine';
  /** Where rtpengines take commands (ng over UDP); none unless media goes through them. */
  readonly rtpengine: readonly { readonly host: string; readonly port: number }[];
  /** Whether UDP goes by the native fast path where it was built. */
  readonly sipNative: boolean;
  readonly httpsPort: number | null;
  /** Files of the operator's own certificate and key; null: the self-signed pair. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly rtpPortMin: number;
  readonly rtpPortMax: number;
  /** How long calls may go on once the product was told to end by SIGTERM. */
  readonly drainSeconds: number;
  /** How long before its funds end a call hears a tone, the longest first. */
  readonly warnBeforeSeconds: readonly number[];
  readonly bindAddress: string;
  /** The addresses that SIP is taken at, one family each; the first is the one to send from. */
  readonly sipBindAddresses: readonly string[];
  /** Where people reach the portal: scheme, host and port, no slash at the end. */
  readonly publicUrl: string;
  /** The address that phones are told for SIP and media. */
  readonly publicAddress: string;
  /** What peers that come by IPv6 are told for SIP instead; null: nothing is taken by IPv6. */
  readonly publicAddressIpv6: string | null;
  /** Addresses and CIDR blocks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly Cidr[];
  readonly corsOrigins: readonly string[];
  /** Where browsers are told to reach SIP; null: at the public address and the WSS port. */
  readonly publicWssUrl: string | null;
  /** A TURN server for browsers behind networks that let no UDP out; null: none. */
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'pretty' | 'json';
  readonly secretKey: string | null;
  readonly scenario: Scenario | null;
  readonly json: boolean;
  readonly skipBackup: boolean;
}

/** What every process of a running Tollbridge works with. */
export interface Env extends Settings {
  /** Of the application's role: DML only. */
  readonly databaseUrl: string;
  readonly secretKey: string;
  /** Loopback port of the switch's control server, and the secret both sides share. */
  readonly controlPort: number;
  readonly controlSecret: string;
  /** This installation's node, stable over restarts. */
  readonly nodeId: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Turns `--sip-port 5070`, `--sip-port=5070` and `--json` into variables. */
function readArguments(argv: readonly string[]): Record<string, string> {
  const known = { ...variables, ...flags };
  const values: Record<string, string> = {};
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const match = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(word);
    const name = match?.[1]?.toUpperCase().replaceAll('-', '_');
    if (name === undefined || !Object.hasOwn(known, name)) {
      throw new EnvError(`${word}: no such option (see the README for the list)`);
    }
    const value = match?.[2] ?? (FLAGS_WITHOUT_VALUE.has(name) ? 'true' : rest.shift());
    if (value === undefined || value === '') throw new EnvError(`${word}: a value is missing`);
    values[name] = value;
  }
  return values;
}

function parse<T>(schema: z.ZodType<T>, given: Variables): T {
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const result = schema.safeParse(filled);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const value = filled[name];
    const shown =
      value === undefined || /SECRET|DATABASE_URL/.test(name) ? '' : ` is "${value}" but`;
    return value === undefined ? `${name} is missing` : `${name}${shown} ${issue.message}`;
  });
  throw new EnvError(lines.join('; '));
}

type Parsed = z.infer<typeof settingsSchema>;

function checkTogether(parsed: Parsed): void {
  const taken = new Map<number, string>();
  const names = ['PORT', 'HTTPS_PORT', 'SIP_PORT', 'SIP_TLS_PORT', 'SIP_WS_PORT', 'SIP_WSS_PORT'];
  for (const name of names) {
    const value = parsed[name as 'PORT' | 'HTTPS_PORT'];
    if (value === undefined) continue;
    const other = taken.get(value);
    if (other !== undefined) throw new EnvError(`${other} and ${name} are both ${value}`);
    taken.set(value, name);
  }
  if (parsed.RTP_PORT_MAX - parsed.RTP_PORT_MIN < 3) {
    throw new EnvError('RTP_PORT_MAX must be at least 3 above RTP_PORT_MIN: a call takes four');
  }
  if ((parsed.TLS_CERT === undefined) !== (parsed.TLS_KEY === undefined)) {
    throw new EnvError('TLS_CERT and TLS_KEY come together: one of them is missing');
  }
  if ((parsed.MEDIA === 'rtpengine') !== parsed.RTPENGINE.length > 0) {
    throw new EnvError('MEDIA=rtpengine and RTPENGINE come together: one of them is missing');
  }
  if ((parsed.TURN_URLS.length === 0) !== (parsed.TURN_SECRET === undefined)) {
    throw new EnvError('TURN_URLS and TURN_SECRET come together: one of them is missing');
  }
}

function toSettings(parsed: Parsed, given: Variables, cwd: string): Settings {
  checkTogether(parsed);
  const file = (name: string, value: string | undefined): string | null => {
    if (value === undefined) return null;
    const full = path.resolve(cwd, value);
    if (!existsSync(full)) throw new EnvError(`${name}: there is no file ${full}`);
    return full;
  };
  const bind = parsed.BIND_ADDRESS;
  const publicAddress =
    parsed.PUBLIC_ADDRESS ??
    (isWildcard(bind) ? outwardAddress(bind === '::' ? 'IPv6' : 'IPv4') : bind);
  const sipBindAddresses =
    parsed.SIP_BIND_ADDRESSES ?? (bind === '::' ? ['0.0.0.0', '::'] : [bind]);
  const host = isIP(publicAddress) === 6 ? `[${publicAddress}]` : publicAddress;
  return {
    dataDir: path.resolve(cwd, parsed.DATA_DIR),
    dataDirGiven: (given['DATA_DIR'] ?? '') !== '',
    databaseUrl: parsed.DATABASE_URL ?? null,
    port: parsed.PORT,
    sipPort: parsed.SIP_PORT,
    sipTlsPort: parsed.SIP_TLS_PORT,
    sipWsPort: parsed.SIP_WS_PORT,
    sipWssPort: parsed.SIP_WSS_PORT,
    media: parsed.MEDIA,
    rtpengine: parsed.RTPENGINE,
    sipNative: parsed.SIP_NATIVE === 'on',
    httpsPort: parsed.HTTPS_PORT ?? null,
    tlsCert: file('TLS_CERT', parsed.TLS_CERT),
    tlsKey: file('TLS_KEY', parsed.TLS_KEY),
    rtpPortMin: parsed.RTP_PORT_MIN,
    rtpPortMax: parsed.RTP_PORT_MAX,
    drainSeconds: parsed.DRAIN_SECONDS,
    warnBeforeSeconds: parsed.WARN_BEFORE_SECONDS,
    bindAddress: bind,
    publicUrl: parsed.PUBLIC_URL ?? new URL(`http://${host}:${parsed.PORT}`).origin,
    sipBindAddresses,
    publicAddress,
    publicAddressIpv6: parsed.PUBLIC_ADDRESS_IPV6 ?? ownIpv6(publicAddress, sipBindAddresses),
    trustedProxies: parsed.TRUSTED_PROXIES,
    corsOrigins: parsed.CORS_ORIGINS,
    publicWssUrl: parsed.PUBLIC_WSS_URL ?? null,
    turn:
      parsed.TURN_SECRET === undefined
        ? null
        : { urls: parsed.TURN_URLS, secret: parsed.TURN_SECRET },
    logLevel: parsed.LOG_LEVEL,
    logFormat: parsed.LOG_FORMAT,
    secretKey: parsed.SECRET_KEY ?? null,
    scenario: parsed.SCENARIO ?? null,
    json: parsed.JSON,
    skipBackup: parsed.SKIP_BACKUP,
  };
}

export interface SettingsInput {
  readonly argv: readonly string[];
  readonly environment: Variables;
  /** What relative paths are relative to. */
  readonly cwd: string;
}

/** What an operator set, by variable and by option; throws EnvError with one line. */
export function parseSettings(input: SettingsInput): Settings {
  const known: Record<string, string | undefined> = {};
  for (const name of Object.keys(variables)) known[name] = input.environment[name];
  const given = { ...known, ...readArguments(input.argv) };
  return toSettings(parse(settingsSchema, given), given, input.cwd);
}

/** The settings of this process: its environment and its command line. */
export function readSettings(argv: readonly string[] = process.argv.slice(2)): Settings {
  return parseSettings({
    argv,
    environment: process.env,
    cwd: process.cwd(),
  });
}

/** What the processes of a settled installation are given; parseSettled reads it back unchanged. */
export function settledVariables(env: Env): Record<string, string> {
  const values: Record<string, string | number | boolean | null> = {
    DATA_DIR: env.dataDir,
    DATABASE_URL: env.databaseUrl,
    PORT: env.port,
    SIP_PORT: env.sipPort,
    SIP_TLS_PORT: env.sipTlsPort,
    SIP_WS_PORT: env.sipWsPort,
    SIP_WSS_PORT: env.sipWssPort,
    MEDIA: env.media,
    RTPENGINE: env.rtpengine
      .map(({ host, port: at }) => `${host.includes(':') ? `[${host}]` : host}:${at}`)
      .join(','),
    SIP_NATIVE: env.sipNative ? 'on' : 'off',
    HTTPS_PORT: env.httpsPort,
    TLS_CERT: env.tlsCert,
    TLS_KEY: env.tlsKey,
    RTP_PORT_MIN: env.rtpPortMin,
    RTP_PORT_MAX: env.rtpPortMax,
    DRAIN_SECONDS: env.drainSeconds,
    WARN_BEFORE_SECONDS: env.warnBeforeSeconds.join(',') || 'off',
    BIND_ADDRESS: env.bindAddress,
    SIP_BIND_ADDRESSES: env.sipBindAddresses.join(','),
    PUBLIC_ADDRESS_IPV6: env.publicAddressIpv6,
    PUBLIC_URL: env.publicUrl,
    PUBLIC_ADDRESS: env.publicAddress,
    TRUSTED_PROXIES: env.trustedProxies.join(','),
    CORS_ORIGINS: env.corsOrigins.join(','),
    PUBLIC_WSS_URL: env.publicWssUrl,
    TURN_URLS: env.turn?.urls.join(',') ?? null,
    TURN_SECRET: env.turn?.secret ?? null,
    LOG_LEVEL: env.logLevel,
    LOG_FORMAT: env.logFormat,
    SECRET_KEY: env.secretKey,
    SCENARIO: env.scenario,
    CONTROL_PORT: env.controlPort,
    CONTROL_SECRET: env.controlSecret,
    NODE_ID: env.nodeId,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? '' : String(value)]),
  );
}

/** What this process inherited, for those it starts; the settled variables go on top. */
export function inheritedVariables(): Record<string, string> {
  const all = Object.entries(process.env);
  return Object.fromEntries(
    all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The environment of a settled installation; throws EnvError where something is missing. */
export function parseSettled(environment: Variables, cwd: string): Env {
  const parsed = parse(settledSchema, environment);
  return {
    ...toSettings(parsed, environment, cwd),
    databaseUrl: parsed.DATABASE_URL,
    secretKey: parsed.SECRET_KEY,
    controlPort: parsed.CONTROL_PORT,
    controlSecret: parsed.CONTROL_SECRET,
    nodeId: parsed.NODE_ID,
  };
}

let settled: Env | undefined;

/**
 * The settled environment of this process, for web, switch and worker. Ask for it when something
 * runs, never while a module loads: a build has no environment.
 */
export function env(): Env {
  settled ??= parseSettled(process.env, process.cwd());
  return settled;
}
