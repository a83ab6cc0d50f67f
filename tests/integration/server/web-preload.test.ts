import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSelfSigned } from '@/lib/infra/tls/self-signed';
import { eventually } from '@/tests/support/eventually';
import { freePortVariables } from '@/tests/support/ports';
import { makeStandInProject, removeFolder, type Started, startSupervisor } from './stand-in';

let root: string;
let dataDir: string;
let variables: Record<string, string>;
let started: Started;

beforeAll(async () => {
  root = await makeStandInProject();
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-data-'));
  variables = { ...(await freePortVariables()), TRUSTED_PROXIES: '127.0.0.9' };
  started = startSupervisor({ root, dataDir, variables });
  await started.ready();
});

afterAll(async () => {
  await started.stop();
  removeFolder(dataDir);
  removeFolder(root);
});

interface Seen {
  readonly headers: Record<string, string | undefined>;
  readonly raw: readonly string[];
}

interface Ask {
  readonly headers?: Record<string, string>;
  readonly localAddress?: string;
  readonly secure?: boolean;
}

function ask({ headers = {}, localAddress, secure = false }: Ask): Promise<Seen> {
  const options = {
    host: '127.0.0.1',
    port: Number(secure ? variables['HTTPS_PORT'] : variables['PORT']),
    headers,
    agent: false as const,
    rejectUnauthorized: false,
    ...(localAddress === undefined ? {} : { localAddress }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).get(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
  });
}

const FORGED = {
  'x-tollbridge-peer': '8.8.8.8',
  'X-Tollbridge-Host': 'evil.example',
  'x-forwarded-for': '8.8.8.8',
  'X-Forwarded-Host': 'evil.example',
  'x-forwarded-proto': 'https',
  forwarded: 'for=8.8.8.8;host=evil.example',
  'x-real-ip': '8.8.8.8',
};

describe('what a request says of its sender', () => {
  it("is the socket's address, the host asked for and the protocol, whatever the client wrote", async () => {
    const { headers, raw } = await ask({ headers: { host: 'Portal.Example:8080', ...FORGED } });
    expect(headers).toMatchObject({
      'x-tollbridge-peer': '127.0.0.1',
      'x-tollbridge-host': 'portal.example:8080',
      'x-tollbridge-proto': 'http',
      'x-forwarded-host': 'portal.example:8080',
      'x-forwarded-proto': 'http',
    });
    expect(headers['x-forwarded-for']).toBeUndefined();
    expect(headers['forwarded']).toBeUndefined();
    expect(JSON.stringify(raw)).not.toMatch(/8\.8\.8\.8|evil/);
  });

  it('is taken from a trusted proxy, and from nobody else', async () => {
    const { headers } = await ask({ headers: FORGED, localAddress: '127.0.0.9' });
    expect(headers).toMatchObject({
      'x-tollbridge-peer': '127.0.0.9',
      'x-tollbridge-host': 'evil.example',
      'x-tollbridge-proto': 'https',
      'x-forwarded-for': '8.8.8.8',
    });
  });

  it('has no host where the client wrote something that is none', async () => {
    const { headers } = await ask({ headers: { host: 'a.example/<b>' } });
    expect(headers['x-tollbridge-host']).toBe('');
  });
});

function certificateFor(servername?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port: Number(variables['HTTPS_PORT']),
        rejectUnauthorized: false,
        ...(servername === undefined ? {} : { servername }),
      },
      () => {
        const { fingerprint256 } = socket.getPeerCertificate();
        socket.end();
        resolve(fingerprint256);
      },
    );
    socket.on('error', reject);
  });
}

describe('HTTPS', () => {
  it('serves the same pages, and says so to them', async () => {
    const { headers } = await ask({ secure: true, headers: { host: 'portal.example' } });
    expect(headers).toMatchObject({
      'x-tollbridge-peer': '127.0.0.1',
      'x-tollbridge-host': 'portal.example',
      'x-tollbridge-proto': 'https',
    });
  });

  it("takes up a host's certificate, and a newer one, without a restart", async () => {
    const everybodys = await certificateFor();
    const put = (): void => {
      const pair = makeSelfSigned(['voice.example'], Date.now());
      for (const [end, text] of [
        ['key', pair.key],
        ['crt', pair.cert],
      ] as const) {
        writeFileSync(path.join(dataDir, `tls/new.${end}`), text);
        renameSync(
          path.join(dataDir, `tls/new.${end}`),
          path.join(dataDir, `tls/voice.example.${end}`),
        );
      }
    };
    put();
    await eventually(async () => (await certificateFor('voice.example')) !== everybodys);
    const first = await certificateFor('voice.example');
    put();
    await eventually(async () => (await certificateFor('voice.example')) !== first);
    expect(await certificateFor()).toBe(everybodys);
    expect(await certificateFor('other.example')).toBe(everybodys);
  });
});

describe('stopping', () => {
  it('cuts open streams off and ends by itself, instead of waiting to be killed', async () => {
    const events: string[] = [];
    await new Promise<void>((resolve) => {
      const options = {
        host: '127.0.0.1',
        port: Number(variables['PORT']),
        path: '/stream',
        agent: false as const,
      };
      http
        .get(options, (response) => {
          response.on('error', () => undefined);
          response.once('close', () => events.push('the stream is cut off'));
          response.once('data', () => resolve());
        })
        .on('error', () => undefined);
    });
    expect(await started.stop()).toBe(0);
    events.push('everything has ended');
    expect(events).toEqual(['the stream is cut off', 'everything has ended']);
    // A server that waits for a stream without an end is killed when the patience with it is over.
    expect(started.stderr).not.toMatch(/child\.stop_forced name=web/);
  });
});
