import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSettled } from '@/lib/infra/env';
import { silentLogger } from '@/lib/infra/log';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { openTlsStore } from '@/lib/infra/tls/store';
import { Switch } from '@/lib/switch/switch';
import { freePorts } from '@/tests/support/ports';
import type { Tree } from '@/tests/support/tree';
import { FakeMedia } from '@/tests/unit/switch/call/fake-media';

export const HOST = '127.0.0.1';

/** The switch of a tree's database, in this process: real sockets, no packets of voice. */
export interface RunningSwitch {
  readonly sipPort: number;
  readonly sipTlsPort: number;
  stop(): Promise<void>;
}

export async function startSwitch(tree: Tree, nodeId = 'node-a'): Promise<RunningSwitch> {
  const [sipPort = 0, sipTlsPort = 0, sipWsPort = 0, sipWssPort = 0, controlPort = 0] =
    await freePorts(5);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tollbridge-switch-'));
  const env = parseSettled(
    {
      DATA_DIR: dataDir,
      DATABASE_URL: tree.fresh.appUrl,
      SECRET_KEY: 'a key for tests, long enough to be one',
      CONTROL_PORT: String(controlPort),
      CONTROL_SECRET: 'x'.repeat(32),
      NODE_ID: nodeId,
      SIP_PORT: String(sipPort),
      SIP_TLS_PORT: String(sipTlsPort),
      SIP_WS_PORT: String(sipWsPort),
      SIP_WSS_PORT: String(sipWssPort),
      BIND_ADDRESS: HOST,
    },
    process.cwd(),
  );
  ensureSelfSigned(dataDir, [HOST], Date.now());
  const tls = openTlsStore({ dataDir, tlsCert: null, tlsKey: null, log: silentLogger });
  const running = new Switch({
    env,
    database: tree.database,
    log: silentLogger,
    media: new FakeMedia(),
    tls,
    native: undefined,
    exempt: [],
  });
  await running.start();
  return {
    sipPort,
    sipTlsPort,
    async stop() {
      await running.stop();
      tls.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
