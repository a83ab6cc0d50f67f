import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { addonLocation, loadUdpAddon, WORDS } from '@/lib/protocol/native/addon';
import type { DatagramHandlers, DatagramSocket } from '@/lib/protocol/native/datagrams';
import { openPlainDatagrams } from '@/lib/protocol/native/plain-datagrams';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import { DATAGRAM_KINDS } from '@/tests/support/datagrams';

const BUFFER_BYTES = 4 * 1024 * 1024;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Heard {
  readonly text: string;
  readonly bytes: Buffer;
  readonly from: Endpoint;
}

interface Party {
  readonly socket: DatagramSocket;
  readonly heard: Heard[];
  readonly failures: unknown[];
  readonly here: Endpoint;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(DATAGRAM_KINDS)('$kind datagrams', ({ kind, native }) => {
  async function open(address: string, onHeard: (one: Heard) => void = () => {}): Promise<Party> {
    const heard: Heard[] = [];
    const failures: unknown[] = [];
    const handlers: DatagramHandlers = {
      onBatch(batch) {
        for (let index = 0; index < batch.count; index += 1) {
          const bytes = batch.bytesOf(index);
          expect(batch.lengthOf(index)).toBe(bytes.length);
          const one = { text: bytes.toString('latin1'), bytes, from: batch.remoteOf(index) };
          heard.push(one);
          onHeard(one);
        }
      },
      onSendFailure: (error) => failures.push(error),
    };
    const binding = { address, port: 0, bufferBytes: BUFFER_BYTES };
    const socket = native?.open(binding, handlers) ?? (await openPlainDatagrams(binding, handlers));
    cleanups.push(() => socket.close());
    return { socket, heard, failures, here: { address, port: socket.port } };
  }

  it('sends a copy where it is asked to: the bytes are the caller’s again at once', async () => {
    const [one, other] = [await open('127.0.0.1'), await open('127.0.0.1')];
    const bytes = Buffer.alloc(5_000, 'a');
    for (const [length, letter] of [
      [20, 'b'],
      [4_000, 'c'],
      [5_000, 'd'],
      [20, 'e'],
    ] as const) {
      bytes.fill(letter);
      one.socket.sendCopy(bytes.subarray(0, length), other.here);
      bytes.fill('x');
    }
    await until(() => other.heard.length === 4);
    const said = other.heard.map(({ text }) => `${text[0]}${text.length}${text.includes('x')}`);
    expect(said).toEqual(['b20false', 'c4000false', 'd5000false', 'e20false']);
  });

  it('tells how long a datagram waited in the kernel, where it can', async () => {
    const waited: number[] = [];
    const handlers: DatagramHandlers = {
      onBatch: (batch) => {
        for (let n = 0; n < batch.count; n += 1) waited.push(batch.waitedMicrosOf(n));
      },
      onSendFailure: (error) => expect.unreachable(String(error)),
    };
    const binding = { address: '127.0.0.1', port: 0, bufferBytes: BUFFER_BYTES, isTimed: true };
    const timed = native?.open(binding, handlers) ?? (await openPlainDatagrams(binding, handlers));
    cleanups.push(() => timed.close());
    const { socket } = await open('127.0.0.1');
    // The kernel begins to note times a while after the first socket has asked for it.
    for (let sent = 1; sent <= 200 && (waited.at(-1) ?? 0) < 4_900; sent += 1) {
      socket.send(Buffer.from('one'), { address: '127.0.0.1', port: timed.port });
      // Sent in a microtask.
      await Promise.resolve();
      // The loop is held: it lies in the socket meanwhile.
      const untilMs = performance.now() + 5;
      while (performance.now() < untilMs);
      await until(() => waited.length === sent);
      if (native === undefined) break;
    }
    if (native === undefined) expect(waited).toEqual([0]);
    else expect(waited.at(-1)).toBeGreaterThanOrEqual(4_900);
    expect(waited.at(-1)).toBeLessThan(60_000_000);
  });

  it('is the kind that was asked for', async () => {
    expect((await open('127.0.0.1')).socket.kind).toBe(kind);
  });

  it.each(['127.0.0.1', '::1'])(
    'carries bytes both ways and tells who sent them (%s)',
    async (at) => {
      const one = await open(at);
      const other = await open(at, ({ from }) => other.socket.send(Buffer.from('back'), from));
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
      expect(one.socket.send(bytes, other.here)).toBe(true);
      await until(() => one.heard.length === 1);
      expect(other.heard[0]?.bytes.equals(bytes)).toBe(true);
      expect(other.heard[0]?.from).toEqual(one.here);
      expect(one.heard[0]).toMatchObject({ text: 'back', from: other.here });
    },
  );

  it('keeps what was handed over whole and in order while further batches come', async () => {
    const one = await open('127.0.0.1');
    const other = await open('127.0.0.1');
    for (let burst = 0; burst < 10; burst += 1) {
      for (let n = 0; n < 100; n += 1) {
        one.socket.send(Buffer.from(`${burst * 100 + n}`.padEnd(300, '.')), other.here);
      }
      await until(() => other.heard.length === (burst + 1) * 100);
    }
    expect(other.heard.map(({ text }) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
    expect(one.failures).toEqual([]);
  });

  it('carries the longest datagram there is', async () => {
    const one = await open('127.0.0.1');
    const other = await open('127.0.0.1');
    one.socket.send(Buffer.alloc(65_507, 'x'), other.here);
    await until(() => other.heard.length === 1);
    expect(other.heard[0]?.bytes.length).toBe(65_507);
  });

  it('loses only the datagram that can not be sent', async () => {
    const one = await open('127.0.0.1');
    const other = await open('127.0.0.1');
    one.socket.send(Buffer.alloc(65_508, 'x'), other.here);
    one.socket.send(Buffer.from('fits'), other.here);
    await until(() => other.heard.length === 1 && one.failures.length === 1);
    expect(other.heard[0]?.text).toBe('fits');
  });

  it('names a port that is taken', async () => {
    const { here } = await open('127.0.0.1');
    const handlers = { onBatch: () => {}, onSendFailure: () => {} };
    const again = async () => {
      const binding = { ...here, bufferBytes: BUFFER_BYTES };
      return native?.open(binding, handlers) ?? (await openPlainDatagrams(binding, handlers));
    };
    await expect(again()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('gives its port back and says no once it is closed', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { socket, here } = await open('127.0.0.1');
      await socket.close();
      await socket.close();
      expect(socket.send(Buffer.from('late'), here)).toBe(false);
      const next = createSocket('udp4');
      await new Promise<void>((resolve) => next.bind(here.port, here.address, resolve));
      await new Promise<void>((resolve) => next.close(resolve));
    }
  });

  it('may be closed by whoever is just being handed a batch', async () => {
    const one = await open('127.0.0.1');
    const other = await open('127.0.0.1', () => {
      void other.socket.close();
    });
    for (let n = 0; n < 200; n += 1) one.socket.send(Buffer.from(`${n}`), other.here);
    await until(() => other.heard.length > 0);
    expect(other.socket.send(Buffer.from('x'), one.here)).toBe(false);
  });
});

describe('the addon', () => {
  it('is not taken from where it is not', () => {
    expect(loadUdpAddon(new URL('file:///nowhere/udp.node'))).toBeUndefined();
  });

  const addon = loadUdpAddon();
  it.runIf(addon)('reads and writes addresses as they are usually spelt', () => {
    const entry = new Int32Array(WORDS);
    for (const text of ['192.0.2.7', '255.255.255.255', '::1', '2001:db8::a:0:1', 'fe80::1%1']) {
      expect(addon?.resolve(text, entry)).toBe(true);
      expect(addon?.format(entry, 0)).toBe(text);
    }
    for (const text of ['example.test', '', '1.2.3', '1.2.3.4:5', 'z'.repeat(500)]) {
      expect(addon?.resolve(text, entry)).toBe(false);
    }
  });

  it.runIf(addon)('refuses what would read or write outside its arrays', () => {
    if (addon === undefined) return;
    const socket = addon.open('127.0.0.1', 0, BUFFER_BYTES, false, false);
    const meta = new Int32Array(WORDS);
    const outside = Int32Array.from([10, 10, 9, 4, 0, 0, 0, 0, 0, 0]);
    expect(() => addon.send(socket, new Uint8Array(15), outside, 0, 1)).toThrow(TypeError);
    expect(() => addon.send(socket, new Uint8Array(64), meta, 0, 2)).toThrow(TypeError);
    expect(() => addon.format(meta, 1)).toThrow(TypeError);
    expect(addon.receive(socket, new Uint8Array(8), meta, 64)).toBe(0);
    addon.close(socket);
    expect(addon.receive(socket, new Uint8Array(64), meta, 64)).toBeLessThan(0);
  });

  it.runIf(addon)('lets a thread and a process end with sockets open', () => {
    const program = `
      const { Worker, isMainThread, workerData } = require('node:worker_threads');
      const file = workerData ?? process.argv[1];
      const addon = require(file);
      addon.watch(addon.open('127.0.0.1', 0, 65536, false, false), 1, () => {});
      if (isMainThread) {
        const worker = new Worker(process.env.PROGRAM, { eval: true, workerData: file });
        worker.once('online', () => setTimeout(() => worker.terminate(), 50));
        worker.once('exit', () => process.exit(7));
      }
    `;
    const file = addonLocation().pathname;
    const run = () =>
      execFileSync(process.execPath, ['-e', program, file], {
        env: { NODE_ENV: 'test', PROGRAM: program },
      });
    expect(run).toThrow(expect.objectContaining({ status: 7 }));
  });
});
