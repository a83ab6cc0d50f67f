import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  COMMANDS,
  type CommandAnswer,
  type CommandHandlers,
  type CommandName,
  isCommandName,
} from '@/lib/control/commands';
import type { ControlEvent } from '@/lib/control/events';
import {
  COMMANDS_PATH,
  CONTROL_SECRET_HEADER,
  EVENTS_PATH,
  MAX_BACKLOG_BYTES,
  PING_MS,
} from '@/lib/control/wire';
import { isAppError } from '@/lib/core/errors';
import type { Logger } from '@/lib/infra/log';
import type { LiveFeed } from './feed';

/** Commands are small; whoever sends more is not the portal. */
const MAX_BODY_BYTES = 65_536;

export interface ControlServerOptions {
  readonly port: number;
  readonly secret: string;
  readonly handlers: CommandHandlers;
  readonly feed: LiveFeed;
  readonly log: Logger;
  hello(): ControlEvent;
}

/** The switch's end of the control channel: commands and the live feed, on loopback alone. */
export class ControlServer {
  private readonly options: ControlServerOptions;
  private readonly server: Server;

  constructor(options: ControlServerOptions) {
    this.options = options;
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        options.log.error('control.failed', { error });
        if (!response.headersSent) answer(response, 500, { ok: false, ...internal });
        else response.destroy();
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, '127.0.0.1', () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isPortal(request)) {
      answer(response, 403, { ok: false, code: 'FORBIDDEN', message: 'Not the portal.' });
      return;
    }
    const url = request.url ?? '';
    if (request.method === 'GET' && url === EVENTS_PATH) {
      this.stream(response);
      return;
    }
    const name = url.startsWith(COMMANDS_PATH) ? url.slice(COMMANDS_PATH.length) : '';
    if (request.method !== 'POST' || !isCommandName(name)) {
      answer(response, 404, { ok: false, code: 'NOT_FOUND', message: `No command "${name}".` });
      return;
    }
    const body = await readBody(request);
    if (body === undefined) {
      answer(response, 413, { ok: false, code: 'INVALID_INPUT', message: 'Too long.' });
      return;
    }
    answer(response, 200, await this.run(name, body));
  }

  private async run(name: CommandName, body: string): Promise<CommandAnswer> {
    try {
      const parsed = COMMANDS[name].input.safeParse(JSON.parse(body));
      if (!parsed.success)
        return { ok: false, code: 'INVALID_INPUT', message: parsed.error.message };
      // The input was parsed by the schema of this very command.
      const handler = this.options.handlers[name] as (input: unknown) => unknown;
      return { ok: true, result: await handler(parsed.data) };
    } catch (error) {
      if (isAppError(error)) return { ok: false, code: error.code, message: error.message };
      this.options.log.error('control.command', { name, error });
      return { ok: false, ...internal };
    }
  }

  private stream(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
    });
    const write = (event: ControlEvent): void => {
      // A reader who does not read is cut off: it reconnects and fetches the state anew.
      if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
      else response.write(`${JSON.stringify(event)}\n`);
    };
    write(this.options.hello());
    const unsubscribe = this.options.feed.subscribe(write);
    const ping = setInterval(() => write({ type: 'ping', atMs: Date.now() }), PING_MS);
    response.once('close', () => {
      clearInterval(ping);
      unsubscribe();
    });
  }

  private isPortal(request: IncomingMessage): boolean {
    const given = Buffer.from(String(request.headers[CONTROL_SECRET_HEADER] ?? ''));
    const wanted = Buffer.from(this.options.secret);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const internal = { code: 'INTERNAL', message: 'The switch could not do this.' } as const;

function answer(response: ServerResponse, status: number, body: CommandAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
