import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SipsakResult {
  /** 0: a 2xx came. */
  readonly code: number;
  readonly output: string;
}

/** Runs sipsak. */
export function runSipsak(args: readonly string[]): Promise<SipsakResult> {
  return new Promise((resolve) => {
    execFile('sipsak', ['-vv', ...args], { timeout: 15_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: stdout + stderr });
    });
  });
}

export interface SipsakRegistration {
  readonly user: string;
  readonly domain: string;
  readonly secret: string;
  /** "127.0.0.1:5060". */
  readonly server: string;
}

/**
 * Registers with sipsak. The message is given to it whole: its own would ask the DNS for the
 * tenant's domain, outbound proxy or not.
 */
export async function registerBySipsak(registration: SipsakRegistration): Promise<SipsakResult> {
  const { user, domain, secret, server } = registration;
  const dir = mkdtempSync(path.join(tmpdir(), 'tollbridge-sipsak-'));
  const file = path.join(dir, 'register.sip');
  const lines = [
    `REGISTER sip:${domain} SIP/2.0`,
    `From: <sip:${user}@${domain}>;tag=sak1`,
    `To: <sip:${user}@${domain}>`,
    `Call-ID: sak-${path.basename(dir)}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${user}@127.0.0.1:15790>`,
    'Max-Forwards: 70',
    'Expires: 300',
    'User-Agent: sipsak v0.9.8.1',
    'Content-Length: 0',
    '',
    '',
  ];
  writeFileSync(file, lines.join('\r\n'));
  try {
    return await runSipsak(['-f', file, '-s', `sip:${user}@${server}`, '-u', user, '-a', secret]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
