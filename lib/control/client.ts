import { AppError, ERROR_CODES, type ErrorCode } from '@/lib/core/errors';
import {
  COMMANDS,
  type CommandInput,
  type CommandName,
  type CommandResult,
  commandAnswerSchema,
} from './commands';
import { type ControlEvent, parseControlEvent } from './events';
import { COMMANDS_PATH, CONTROL_SECRET_HEADER, EVENTS_PATH, MAX_LINE_BYTES, PING_MS } from './wire';

export interface ControlClientOptions {
  readonly port: number;
  readonly secret: string;
  /** How long a command may take unless told otherwise. */
  readonly timeoutMs?: number;
}

/** The web's side of the control channel. */
export interface ControlClient {
  /**
   * Asks the switch. Throws UNAVAILABLE when it does not answer, TIMEOUT when it is too slow, or
   * the refusal it gave.
   */
  send<Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
    options?: { readonly timeoutMs?: number },
  ): Promise<CommandResult<Name>>;
  /** The live events from now on. Ends by throwing when the stream breaks or stays silent. */
  events(signal: AbortSignal): AsyncGenerator<ControlEvent, void, void>;
}

const DEFAULT_TIMEOUT_MS = 3_000;
/** Three missed pings. */
const SILENCE_MS = 3 * PING_MS;

/** A client of the switch on this machine. */
export function createControlClient(options: ControlClientOptions): ControlClient {
  const base = `http://127.0.0.1:${options.port}`;
  const headers = { [CONTROL_SECRET_HEADER]: options.secret };
  return {
    async send(name, input, { timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS } = {}) {
      const request = { base, headers, name, body: JSON.stringify(input), timeoutMs };
      const answer = commandAnswerSchema.safeParse(await post(request));
      if (!answer.success) throw unavailable(answer.error);
      if (!answer.data.ok) throw new AppError(codeOf(answer.data.code), answer.data.message);
      const result = COMMANDS[name].result.safeParse(answer.data.result);
      if (!result.success) throw unavailable(result.error);
      // Parsed by the schema of this very command.
      return result.data as CommandResult<typeof name>;
    },
    events: (signal) => readEvents(`${base}${EVENTS_PATH}`, headers, signal),
  };
}

interface PostRequest {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly name: string;
  readonly body: string;
  readonly timeoutMs: number;
}

async function post(request: PostRequest): Promise<unknown> {
  try {
    const response = await fetch(`${request.base}${COMMANDS_PATH}${request.name}`, {
      method: 'POST',
      headers: { ...request.headers, 'content-type': 'application/json' },
      body: request.body,
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    return await response.json();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'TimeoutError') throw tooSlow(cause);
    throw unavailable(cause);
  }
}

async function* readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<ControlEvent, void, void> {
  const silence = new AbortController();
  const stop = (): void => silence.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  let timer = watch(silence);
  try {
    const response = await fetch(url, { headers, signal: silence.signal });
    if (!response.ok || !response.body) throw unavailable(`HTTP ${response.status}`);
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = watch(silence);
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_BYTES) throw unavailable('a line is too long');
      for (const line of lines) {
        const event = parseControlEvent(line);
        if (event) yield event;
      }
    }
    throw unavailable('the stream ended');
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    silence.abort();
  }
}

function watch(silence: AbortController): NodeJS.Timeout {
  return setTimeout(() => silence.abort(unavailable('the stream is silent')), SILENCE_MS).unref();
}

function unavailable(cause: unknown): AppError {
  return new AppError('UNAVAILABLE', 'The switch does not answer.', { cause });
}

function tooSlow(cause: unknown): AppError {
  return new AppError('TIMEOUT', 'The switch took too long to answer.', { cause });
}

function codeOf(text: string): ErrorCode {
  return ERROR_CODES.find((code) => code === text) ?? 'INTERNAL';
}
