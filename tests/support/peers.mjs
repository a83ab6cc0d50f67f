import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The programs of other makers that suites talk to. A suite asks `hasPeer` and skips itself where
 * one is missing; tests/run.mjs installs them or names them at the end.
 */
export const PEERS = [
  { program: 'sipp', packages: ['sip-tester'], suites: ['switch', 'e2e'] },
  { program: 'baresip', packages: ['baresip-core', 'baresip'], suites: ['switch'] },
  { program: 'linphonec', packages: ['linphone-cli'], suites: ['switch'] },
  { program: 'sipsak', packages: ['sipsak'], suites: ['switch'] },
  { program: 'kamailio', packages: ['kamailio'], suites: ['switch'] },
  { program: 'turnserver', packages: ['coturn'], suites: ['switch'] },
  { program: 'rtpengine', packages: ['rtpengine-daemon'], suites: ['switch'] },
  { program: 'tshark', packages: ['tshark'], suites: ['unit'] },
  { program: 'chromium', packages: ['chromium'], suites: ['e2e'] },
];

const PATHS = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/opt/homebrew/bin'];

/** Where a program lies; null where this machine has none. */
export function findProgram(program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...PATHS];
  const found = folders
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));
  return found ?? null;
}

/** Whether a peer is there. */
export function hasPeer(program) {
  return findProgram(program) !== null;
}

/** The peers that this machine lacks. */
export function missingPeers() {
  return PEERS.filter((peer) => !hasPeer(peer.program));
}

function isDebian() {
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Whether we may install packages: root on Debian or Ubuntu, and somebody said so. */
export function mayInstall() {
  const asked = process.env.CI === 'true' || process.env.INSTALL_PEERS === '1';
  return asked && process.getuid?.() === 0 && isDebian();
}

function apt(args) {
  const done = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    timeout: 15 * 60_000,
  });
  if (done.status === 0) return null;
  return done.error?.message ?? done.stderr.trim().split('\n').slice(-3).join(' / ');
}

/** Installs peers with apt-get. Returns why it could not; null where it could. */
export function installPeers(peers) {
  const packages = peers.flatMap((peer) => peer.packages);
  return (
    apt(['update', '-qq']) ?? apt(['install', '-y', '-qq', '--no-install-recommends', ...packages])
  );
}
