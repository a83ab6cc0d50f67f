import type { Clock } from '@/lib/core/clock';
import { systemClock } from '@/lib/core/clock';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** What an event carries: ids and figures, never prose. An Error becomes name, message and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes events, a line each. The event's name is a constant of the code ("call.ended"); what
 * varies lies in the fields. Values of fields whose names speak of secrets are hidden.
 */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds these fields to each event. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Which process speaks: supervisor, web, switch, worker … */
  readonly process: string;
  readonly level: LogLevel;
  readonly format: 'pretty' | 'json';
  readonly clock?: Clock;
  /** Takes a whole line with its newline; standard output unless told otherwise. */
  readonly write?: (line: string) => void;
}

const HIDDEN = '[hidden]';
const SECRET_NAME =
  /secret|password|passwd|token|authorization|cookie|credential|ha1|api_?key|private_?key|totp|otp$|digest_?response|sealed/i;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi;
const DIGEST = /\b(response|nonce|cnonce)="[^"]*"/gi;
const MAX_STRING = 8_192;
const MAX_DEPTH = 6;

function tidyText(text: string): string {
  const short = text.length > MAX_STRING ? `${text.slice(0, MAX_STRING)}…` : text;
  return short.replace(URL_PASSWORD, `$1:${HIDDEN}@`).replace(DIGEST, `$1="${HIDDEN}"`);
}

function tidyError(error: Error, depth: number): LogFields {
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: tidy(error.cause, depth + 1) };
  const stack = error.stack === undefined ? {} : { stack: tidyText(error.stack) };
  return { name: error.name, message: tidyText(error.message), ...code, ...stack, ...cause };
}

function tidy(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return tidyText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) return '…';
  if (value instanceof Error) return tidyError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (Array.isArray(value)) return value.map((item) => tidy(item, depth + 1));
  return redact(value as LogFields, depth + 1);
}

/** A copy that is safe to write: secrets hidden, errors and big integers as plain JSON. */
export function redact(fields: LogFields, depth = 0): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const secret = SECRET_NAME.test(name) && value !== null && typeof value !== 'boolean';
    safe[name] = secret ? HIDDEN : tidy(value, depth);
  }
  return safe;
}

function prettyValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === 'object' && value !== null && 'stack' in value) {
    return `\n    ${String(value.stack).replaceAll('\n', '\n    ')}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

function prettyLine(record: Record<string, unknown>): string {
  const { time, level, process: name, event, ...rest } = record;
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${prettyValue(value)}`);
  const clock = String(time).slice(11, 23);
  const head = `${clock} ${String(level).toUpperCase().padEnd(5)} ${String(name).padEnd(10)}`;
  return [head, String(event), ...fields].join(' ');
}

/** A logger for one process. */
export function createLogger(options: LoggerOptions): Logger {
  const { clock = systemClock } = options;
  const write = options.write ?? ((line: string) => void process.stdout.write(line));
  const lowest = LEVELS.indexOf(options.level);

  const build = (bound: LogFields): Logger => {
    const emit = (level: LogLevel, event: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(level) < lowest) return;
      const time = new Date(clock.nowMs()).toISOString();
      const record = {
        ...redact({ ...bound, ...fields }),
        time,
        level,
        process: options.process,
        event,
      };
      const line = options.format === 'json' ? JSON.stringify(record) : prettyLine(record);
      write(`${line}\n`);
    };
    return {
      debug: (event, fields) => emit('debug', event, fields),
      info: (event, fields) => emit('info', event, fields),
      warn: (event, fields) => emit('warn', event, fields),
      error: (event, fields) => emit('error', event, fields),
      child: (fields) => build({ ...bound, ...fields }),
    };
  };
  return build({});
}

/** A logger that keeps quiet, for tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
