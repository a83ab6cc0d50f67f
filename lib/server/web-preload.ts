import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { cidrMatcher } from '@/lib/core/cidr.server';
import { type Env, env } from '@/lib/infra/env';
import { createLogger } from '@/lib/infra/log';
import { surviveClosedOutput } from '@/lib/infra/process';
import { openTlsStore } from '@/lib/infra/tls/store';
import { stampRequest } from './web-stamp';

/**
 * Loaded before Next's own server (`node --import`): writes on every request who really sent it,
 * serves the same handler over HTTPS where asked to, and ends the process when the supervisor is
 * gone. Next has no such place of its own.
 */

/** lib/web reads the stamps only where this says that they are ours. */
const STAMPED = Symbol.for('tollbridge.peer-stamped');
/** What open streams (SSE) may still take once the process was told to stop. */
const STREAMS_MS = 1_000;

const settings = env();
const isTrustedProxy = cidrMatcher(settings.trustedProxies);
const log = createLogger({ process: 'web', level: settings.logLevel, format: settings.logFormat });

function stampEveryRequest(): void {
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (this: http.Server, event: string, ...rest: unknown[]) {
    const [request] = rest;
    if ((event === 'request' || event === 'upgrade') && request instanceof http.IncomingMessage) {
      const peer = request.socket.remoteAddress ?? '';
      stampRequest(request, {
        peer,
        encrypted: request.socket instanceof TLSSocket,
        fromTrustedProxy: isTrustedProxy(peer),
      });
    }
    return Reflect.apply(emit, this, [event, ...rest]);
  };
  Object.assign(globalThis, { [STAMPED]: true });
}

/** The same handler over TLS: requests and upgrades are passed to Next's server. */
function serveHttps(plain: http.Server, { httpsPort, bindAddress, ...rest }: Env): void {
  if (httpsPort === null) return;
  const store = openTlsStore({ ...rest, log });
  const secure = https.createServer(store.options());
  store.follow(secure);
  secure.on('request', (request, response) => plain.emit('request', request, response));
  secure.on('upgrade', (request, socket, head) => plain.emit('upgrade', request, socket, head));
  secure.on('error', (error) => {
    log.error('web.https_failed', { port: httpsPort, error });
    process.exit(1);
  });
  secure.listen({ port: httpsPort, host: bindAddress });
  dropStreamsAtStop(secure);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => secure.close());
}

/** At SIGTERM a server is closed and waits for whoever is still there: streams never leave. */
function dropStreamsAtStop(server: http.Server): void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const drop = (): void => {
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, STREAMS_MS).unref();
  };
  process.once('SIGTERM', drop);
  process.once('SIGINT', drop);
}

function attachToNext(): void {
  const create = http.createServer;
  let found = false;
  const createServer = (...rest: unknown[]): http.Server => {
    const server: http.Server = Reflect.apply(create, http, rest);
    if (found) return server;
    found = true;
    dropStreamsAtStop(server);
    server.once('listening', () => serveHttps(server, settings));
    return server;
  };
  Object.assign(http, { createServer });
}

surviveClosedOutput();
stampEveryRequest();
attachToNext();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
