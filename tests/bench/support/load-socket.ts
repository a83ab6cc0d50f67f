import { loadUdpAddon } from '@/lib/protocol/native/addon';
import type { DatagramBatch, DatagramHandlers } from '@/lib/protocol/native/datagrams';
import { createNativeDatagrams } from '@/lib/protocol/native/native-datagrams';
import { openPlainDatagrams } from '@/lib/protocol/native/plain-datagrams';
import type { Endpoint } from '@/lib/protocol/sip/transport';

const BUFFER_BYTES = 4 * 1024 * 1024;

/** A generator's socket. Its times are of `performance.now()`. */
export interface LoadSocket {
  readonly port: number;
  readonly kind: 'native' | 'plain';
  /** Sends at the latest when the turn ends, and tells when that was. */
  send(text: string, onSent?: (sentMs: number) => void): void;
  close(): Promise<void>;
}

/**
 * As fast as this machine has it, whatever the server uses. `onText` is told when the kernel took a
 * message (where it can tell, else when it was read): a generator that is busy with others for two
 * milliseconds measures the server and not itself.
 */
export async function openLoadSocket(
  target: { readonly host: string; readonly port: number },
  onText: (text: string, receivedMs: number) => void,
  port = 0,
): Promise<LoadSocket> {
  const addon = loadUdpAddon();
  const binding = { address: '127.0.0.1', port, bufferBytes: BUFFER_BYTES, isTimed: true };
  const waiting: ((sentMs: number) => void)[] = [];
  let isInTurn = false;
  const handlers: DatagramHandlers = {
    onBatch(batch) {
      isInTurn = true;
      readAll(batch, onText);
      isInTurn = false;
      // What was said meanwhile goes out now.
      const sentMs = performance.now();
      for (const onSent of waiting.splice(0)) onSent(sentMs);
    },
    onSendFailure(error) {
      process.stderr.write(`generator: ${String(error)}\n`);
    },
  };
  const socket =
    addon === undefined
      ? await openPlainDatagrams(binding, handlers)
      : createNativeDatagrams(addon).open(binding, handlers);
  const to: Endpoint = { address: target.host, port: target.port };
  return {
    port: socket.port,
    kind: socket.kind,
    send(text, onSent) {
      socket.send(Buffer.from(text, 'latin1'), to);
      if (onSent === undefined) return;
      if (isInTurn) waiting.push(onSent);
      else onSent(performance.now());
    },
    close: () => socket.close(),
  };
}

function readAll(batch: DatagramBatch, onText: (text: string, receivedMs: number) => void): void {
  const readMs = performance.now();
  for (let index = 0; index < batch.count; index += 1) {
    const receivedMs = readMs - batch.waitedMicrosOf(index) / 1_000;
    onText(batch.bytesOf(index).toString('latin1'), receivedMs);
  }
}
