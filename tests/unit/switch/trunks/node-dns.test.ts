import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { createNodeDns } from '@/lib/switch/trunks/node-dns';

const TYPES = { A: 1, SRV: 33, NAPTR: 35 } as const;
const open: Socket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0))
    await new Promise<void>((done) => socket.close(() => done()));
});

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.of(0),
  ]);
const text = (value: string): Buffer => Buffer.from([value.length, ...Buffer.from(value)]);
const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
  return bytes;
};

/** A name server with a handful of records (RFC 1035 §4); what it does not know is NXDOMAIN. */
async function nameServer(zone: Readonly<Record<string, readonly Buffer[]>>): Promise<string> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (query, from) => {
    let end = 12;
    const labels: string[] = [];
    while (query[end] !== 0) {
      const length = query[end] ?? 0;
      labels.push(query.toString('latin1', end + 1, end + 1 + length));
      end += length + 1;
    }
    const type = query.readUInt16BE(end + 1);
    const question = query.subarray(12, end + 5);
    const records = zone[`${type} ${labels.join('.')}`];
    const answers = (records ?? []).map((data) =>
      Buffer.concat([words(0xc00c, type, 1, 0, 120, data.length), data]),
    );
    const head = words(query.readUInt16BE(0), records ? 0x8180 : 0x8183, 1, answers.length, 0, 0);
    socket.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', () => done()));
  return `127.0.0.1:${socket.address().port}`;
}

test('a real name server is asked over the wire: addresses with their time, SRV, NAPTR, nothing', async () => {
  const server = await nameServer({
    [`${TYPES.A} host.carrier.test`]: [Buffer.of(192, 0, 2, 1), Buffer.of(192, 0, 2, 2)],
    [`${TYPES.SRV} _sip._udp.carrier.test`]: [
      Buffer.concat([words(10, 60, 5070), nameBytes('host.carrier.test')]),
    ],
    [`${TYPES.NAPTR} carrier.test`]: [
      Buffer.concat([
        words(50, 10),
        text('s'),
        text('SIP+D2U'),
        text(''),
        nameBytes('_sip._udp.carrier.test'),
      ]),
    ],
  });
  const dns = createNodeDns([server]);
  expect(await dns.query('A', 'host.carrier.test')).toEqual({
    records: [{ address: '192.0.2.1' }, { address: '192.0.2.2' }],
    ttlSeconds: 120,
  });
  expect((await dns.query('SRV', '_sip._udp.carrier.test')).records).toMatchObject([
    { priority: 10, weight: 60, port: 5070, target: 'host.carrier.test' },
  ]);
  expect((await dns.query('NAPTR', 'carrier.test')).records).toMatchObject([
    { order: 50, preference: 10, flags: 's', service: 'SIP+D2U' },
  ]);
  expect(await dns.query('SRV', '_sip._tcp.carrier.test')).toEqual({
    records: [],
    ttlSeconds: null,
  });
});

test('a name server that is not there is a failure, not "there is none"', async () => {
  const dns = createNodeDns(['127.0.0.1:9']);
  await expect(dns.query('A', 'host.carrier.test')).rejects.toThrow();
});
