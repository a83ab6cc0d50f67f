import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Arrival, stampRequest } from '@/lib/server/web-stamp';

const DIRECT: Arrival = { peer: '192.0.2.7', encrypted: false, fromTrustedProxy: false };

function stamped(headers: Record<string, string>, arrival: Partial<Arrival> = {}) {
  const request = new IncomingMessage(new Socket());
  for (const [name, value] of Object.entries(headers)) {
    request.headers[name.toLowerCase()] = value;
    request.rawHeaders.push(name, value);
  }
  stampRequest(request, { ...DIRECT, ...arrival });
  return request;
}

describe('the stamps', () => {
  it('stand for what the socket says, in both forms of the headers', () => {
    const { headers, rawHeaders } = stamped({
      Host: 'a.example',
      'X-Tollbridge-Peer': 'x',
      'X-Forwarded-For': 'y',
    });
    expect(headers).toMatchObject({
      'x-tollbridge-peer': '192.0.2.7',
      'x-tollbridge-proto': 'http',
    });
    expect(headers['x-forwarded-for']).toBeUndefined();
    expect(rawHeaders.filter((name) => name.toLowerCase() === 'x-tollbridge-peer')).toHaveLength(1);
    expect(rawHeaders).not.toContain('y');
  });

  it("take the last word of a trusted proxy's lists: what stands before is the client's", () => {
    const given = {
      host: 'in.example',
      'x-forwarded-host': 'forged.example, b.example',
      'x-forwarded-proto': 'http, https',
    };
    expect(stamped(given, { fromTrustedProxy: true }).headers).toMatchObject({
      'x-tollbridge-host': 'b.example',
      'x-tollbridge-proto': 'https',
    });
  });

  it.each(['a b', 'a.example/x', 'a"b', '<x>', 'a.example:99999999', ''])(
    'know no host in %j',
    (host) => {
      expect(stamped({ host }).headers['x-tollbridge-host']).toBe('');
    },
  );

  it.each(['a.example', 'a.example:3000', '[::1]:3000', '192.0.2.1'])(
    'take %s as a host',
    (host) => {
      expect(stamped({ host }).headers['x-tollbridge-host']).toBe(host);
    },
  );
});
