import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeLoopbackPort } from '@/lib/server/ports';
import { childrenOf, pin } from './processes';
import type { BenchPhones } from './switch-under-test';

/** A registrar and stateful proxy without a database (facts: performance). */
const CONFIGURATION = `
debug=0
log_stderror=yes
children=1
listen=udp:127.0.0.1:@PORT@
disable_tcp=yes
maxbuffer=4194304
auto_aliases=no
dns=no
rev_dns=no
server_signature=no
mpath="@MODULES@"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "hash_size", 14)
modparam("tm", "fr_timer", 5000)
modparam("rr", "enable_full_lr", 1)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td", "@SECRET@", "0")) { www_challenge("$td", "1"); exit; }
    save("location");
    exit;
  }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
    if (!is_method("ACK")) sl_send_reply("404", "Not here");
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("INVITE")) {
    if ($hdr(X-Bench) == "authenticate") {
      if (!pv_www_authenticate("$fd", "@SECRET@", "0")) { www_challenge("$fd", "1"); exit; }
    }
    record_route();
    if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
    t_relay();
    exit;
  }
  sl_send_reply("405", "Method Not Allowed");
}
`;

const MODULES = [
  '/usr/lib/x86_64-linux-gnu/kamailio/modules',
  '/usr/lib/aarch64-linux-gnu/kamailio/modules',
  '/usr/lib64/kamailio/modules',
  '/usr/local/lib64/kamailio/modules',
];
const START_TIMEOUT_MS = 10_000;

/** Kamailio beside the switch, with one UDP worker and its fast allocator. */
export interface Kamailio {
  readonly host: string;
  readonly port: number;
  /** Its UDP worker. */
  readonly pid: number;
  readonly version: string;
  stop(): Promise<void>;
}

function versionOf(): string | undefined {
  const { stdout } = spawnSync('kamailio', ['-v'], { encoding: 'utf8' });
  return /version: kamailio (\S+)/.exec(stdout ?? '')?.[1];
}

/** The busiest child is the worker once it was asked something. */
async function workerOf(main: ChildProcess): Promise<number> {
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until && main.exitCode === null) {
    const children = childrenOf(main.pid ?? 0);
    // main, UDP worker, slow timer, timer: they are made in this order.
    const [worker] = [...children].sort((one, other) => one - other);
    if (worker !== undefined && children.length >= 2) return worker;
    await sleep(50);
  }
  throw new Error('Kamailio did not start');
}

/** Starts it; undefined where it is not installed. */
export async function startKamailio(phones: BenchPhones): Promise<Kamailio | undefined> {
  const version = versionOf();
  if (version === undefined) return undefined;
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-bench-kamailio-'));
  const port = await freeLoopbackPort();
  const modules = MODULES.join(':');
  const file = path.join(directory, 'kamailio.cfg');
  writeFileSync(
    file,
    CONFIGURATION.replaceAll('@PORT@', String(port))
      .replaceAll('@MODULES@', modules)
      .replaceAll('@SECRET@', phones.secret),
  );
  const main = spawn(
    'kamailio',
    [
      '-f',
      file,
      '-x',
      'fm',
      '-DD',
      '-Y',
      directory,
      '-P',
      `${directory}/pid`,
      '-m',
      '1024',
      '-M',
      '64',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  main.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-4_000);
  });
  const kill = () => {
    main.kill('SIGKILL');
  };
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (main.exitCode === null) {
      main.kill('SIGTERM');
      await once(main, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const pid = await workerOf(main);
    for (const each of [main.pid ?? 0, ...childrenOf(main.pid ?? 0)]) pin(each, 'measured');
    // Its sockets were bound before it forked; its modules need a moment more.
    await sleep(500);
    return { host: '127.0.0.1', port, pid, version, stop };
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${output}`, { cause: error });
  }
}
