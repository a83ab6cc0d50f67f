import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadUdpAddon, MAX_GROUP_BATCH } from '@/lib/protocol/native/addon';
import { DatagramGroup, type GroupSocket } from '@/lib/protocol/native/datagram-group';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import { Ear } from '@/tests/unit/switch/media/phone';

const LOCAL = '127.0.0.1';
const FIRST_PORT = 27_000;
/** All of them may wait at once. */
const BUFFER_BYTES = 1024 * 1024;
const addon = loadUdpAddon();

const textOf = (packet: Uint8Array): string => Buffer.from(packet).toString();

describe.runIf(addon)('a group of sockets', () => {
  let group: DatagramGroup;
  let ear: Ear;
  let nextPort = FIRST_PORT;

  beforeEach(async () => {
    if (addon) group = new DatagramGroup(addon);
    ear = await Ear.open();
  });

  afterEach(() => {
    group.close();
    ear.close();
  });

  function open(onPacket: (packet: Uint8Array, from: Endpoint) => void, address = LOCAL) {
    nextPort += 1;
    return { port: nextPort, socket: group.open({ address, port: nextPort, onPacket }) };
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  }

  it('answers from the socket that was asked, however many are asked at once', async () => {
    const opened = Array.from({ length: 2 * MAX_GROUP_BATCH + 3 }, (_, index) => {
      const one: { port: number; socket: GroupSocket } = open((packet, from) => {
        packet[0] = index & 0xff;
        one.socket.send(packet, from);
      });
      return one;
    });
    ear.socket.setRecvBufferSize(BUFFER_BYTES);
    for (const { port } of opened) await ear.send(Buffer.from('?!'), port);
    const heard = new Map<number, string>();
    for (const _ of opened) {
      const { packet, from } = await ear.next();
      heard.set(from.port, packet.toString('latin1'));
    }
    for (const [index, { port }] of opened.entries()) {
      expect(heard.get(port)).toBe(`${String.fromCharCode(index & 0xff)}!`);
    }
  });

  it('sends what it did not receive, however much of it', async () => {
    const { socket, port } = open(() => undefined);
    const to = { address: LOCAL, port: ear.port };
    const bytes = Buffer.alloc(1_400);
    for (let count = 0; count < 20; count += 1) {
      bytes.fill(count);
      socket.send(bytes, to);
    }
    for (let count = 0; count < 20; count += 1) {
      const { packet, from } = await ear.next();
      expect([packet.length, packet[1_399], from.port]).toEqual([1_400, count, port]);
    }
  });

  it('may lose any of its sockets while it reads', async () => {
    const opened: GroupSocket[] = [];
    let count = 0;
    const closeAll = (): void => {
      count += 1;
      for (const socket of opened) socket.close();
    };
    const ports = Array.from({ length: 3 }, () => {
      const { socket, port } = open(closeAll);
      opened.push(socket);
      return port;
    });
    const last = open((packet, from) => last.socket.send(packet, from));
    for (const port of [...ports, last.port]) await ear.send(Buffer.from('x'), port);
    expect((await ear.next()).from.port).toBe(last.port);
    expect(count).toBe(1);
  });

  it('gives a port back at once and says when one is taken', () => {
    const { socket, port } = open(() => undefined);
    const again = () => group.open({ address: LOCAL, port, onPacket: () => undefined });
    expect(again).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
    socket.close();
    socket.send(Buffer.from('late'), { address: LOCAL, port: ear.port });
    again().close();
    expect(ear.unread).toBe(0);
  });

  it('speaks IPv6, and IPv4 as the system writes it there', async () => {
    const froms: Endpoint[] = [];
    const all = open((packet, from) => {
      froms.push(from);
      all.socket.send(packet, from);
    }, '::');
    await ear.send(Buffer.from('four'), all.port);
    expect((await ear.next()).packet.toString()).toBe('four');
    const six = open((packet) => froms.push({ address: textOf(packet), port: 0 }), '::1');
    six.socket.send(Buffer.from('six'), { address: '::1', port: all.port });
    await until(() => froms.length === 3);
    expect(froms).toEqual([
      { address: '::ffff:127.0.0.1', port: ear.port },
      { address: '::1', port: six.port },
      { address: 'six', port: 0 },
    ]);
  });

  it('cuts what nobody takes, and sends to no name', async () => {
    const lengths: number[] = [];
    const { socket, port } = open((packet) => lengths.push(packet.length));
    await ear.send(Buffer.alloc(9_000), port);
    await ear.send(Buffer.alloc(0), port);
    await until(() => lengths.length === 2);
    expect(lengths).toEqual([2_048, 0]);
    socket.send(Buffer.from('x'), { address: 'localhost', port: ear.port });
    socket.send(Buffer.from('y'), { address: LOCAL, port: ear.port });
    expect((await ear.next()).packet.toString()).toBe('y');
  });
});
