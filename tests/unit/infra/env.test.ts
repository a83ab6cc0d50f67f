import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Env, EnvError, parseSettings, parseSettled, settledVariables } from '@/lib/infra/env';

const settings = (environment: Record<string, string> = {}, argv: string[] = []) =>
  parseSettings({ environment, argv, cwd: '/srv/tollbridge' });

const refusal = (environment: Record<string, string>, argv: string[] = []): string => {
  try {
    settings(environment, argv);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  throw new Error('not refused');
};

describe('settings', () => {
  it('have the documented defaults, closed to the network', () => {
    expect(settings()).toMatchObject({
      dataDir: '/srv/tollbridge/data',
      dataDirGiven: false,
      databaseUrl: null,
      port: 3000,
      sipPort: 5060,
      sipTlsPort: 5061,
      sipWsPort: 5066,
      sipWssPort: 7443,
      media: 'relay',
      sipNative: true,
      httpsPort: null,
      rtpPortMin: 10_000,
      rtpPortMax: 20_000,
      bindAddress: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:3000',
      publicAddress: '127.0.0.1',
      trustedProxies: [],
      corsOrigins: [],
      logLevel: 'info',
      logFormat: 'pretty',
      secretKey: null,
      scenario: null,
      json: false,
    });
  });

  it('take an option over a variable, in both spellings', () => {
    const given = { PORT: '8080', SIP_PORT: '5070' };
    expect(
      settings(given, ['--port', '9090', '--sip-port=5080', '--json', '--scenario', 'lab']),
    ).toMatchObject({
      port: 9090,
      sipPort: 5080,
      json: true,
      scenario: 'lab',
    });
  });

  it('treat an empty variable as one that is not set', () => {
    expect(settings({ PORT: '', DATA_DIR: '', DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      dataDirGiven: false,
    });
  });

  it('write proxies as canonical blocks and origins without a slash', () => {
    const given = { TRUSTED_PROXIES: '10.1.2.3/8, ::1', CORS_ORIGINS: 'https://Shop.example/' };
    expect(settings(given)).toMatchObject({
      trustedProxies: ['10.0.0.0/8', '::1/128'],
      corsOrigins: ['https://shop.example'],
    });
  });

  it('tell phones an address they can reach when bound to all', () => {
    const all = Object.values(os.networkInterfaces()).flatMap((entries) => entries ?? []);
    const outward = all.find((entry) => !entry.internal && entry.family === 'IPv4')?.address;
    expect(settings({ BIND_ADDRESS: '0.0.0.0' }).publicAddress).toBe(outward ?? '127.0.0.1');
    expect(settings({ BIND_ADDRESS: '::1' }).publicUrl).toBe('http://[::1]:3000');
  });

  it('take SIP at both families where the portal is bound to all, and at what is named', () => {
    const sip = (given: Record<string, string>) => settings(given).sipBindAddresses;
    expect(sip({})).toEqual(['127.0.0.1']);
    expect(sip({ BIND_ADDRESS: '::' })).toEqual(['0.0.0.0', '::']);
    expect(sip({ BIND_ADDRESS: '0.0.0.0' })).toEqual(['0.0.0.0']);
    const named = settings({ SIP_BIND_ADDRESSES: '192.0.2.1, 2001:db8::1' });
    expect(named.sipBindAddresses).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(named.publicAddressIpv6).toBe('2001:db8::1');
    expect(settings({}).publicAddressIpv6).toBeNull();
    expect(settings({ PUBLIC_ADDRESS_IPV6: '2001:db8::9' }).publicAddressIpv6).toBe('2001:db8::9');
  });

  it.each([
    [
      { SIP_BIND_ADDRESSES: 'eth0' },
      'SIP_BIND_ADDRESSES is "eth0" but must be IP addresses, with commas',
    ],
    [
      { PUBLIC_ADDRESS_IPV6: '192.0.2.1' },
      'PUBLIC_ADDRESS_IPV6 is "192.0.2.1" but must be an IPv6 address',
    ],
    [{ PORT: 'abc' }, 'PORT is "abc" but must be a port, 1 to 65535'],
    [{ SIP_PORT: '70000' }, 'SIP_PORT is "70000" but must be a port, 1 to 65535'],
    [{ PORT: '5061' }, 'PORT and SIP_TLS_PORT are both 5061'],
    [{ BIND_ADDRESS: 'eth0' }, 'BIND_ADDRESS is "eth0" but must be an IP address'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud" but must be debug, info, warn or error'],
    [{ PUBLIC_URL: 'https://a.example/portal' }, /^PUBLIC_URL .* must be an address such as https/],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, /^TRUSTED_PROXIES .* must be IP addresses or CIDR blocks/],
    [{ RTP_PORT_MIN: '10000', RTP_PORT_MAX: '10001' }, /^RTP_PORT_MAX must be at least/],
    [{ MEDIA: 'rtpengine' }, 'MEDIA=rtpengine and RTPENGINE come together: one of them is missing'],
    [
      { RTPENGINE: '192.0.2.7:2223' },
      'MEDIA=rtpengine and RTPENGINE come together: one of them is missing',
    ],
    [
      { MEDIA: 'rtpengine', RTPENGINE: '192.0.2.7' },
      /^RTPENGINE .* must be hosts with their ports such as/,
    ],
    [
      { TURN_URLS: 'turn:a.example' },
      'TURN_URLS and TURN_SECRET come together: one of them is missing',
    ],
    [
      { TURN_URLS: 'http://a.example', TURN_SECRET: 'x'.repeat(16) },
      /^TURN_URLS .* must be TURN servers such as turn:/,
    ],
    [{ PUBLIC_WSS_URL: 'https://a.example' }, /^PUBLIC_WSS_URL .* must be a wss:\/\/ address/],
    [
      { WARN_BEFORE_SECONDS: '60,4' },
      /^WARN_BEFORE_SECONDS .* must be off, or up to three numbers/,
    ],
    [{ TLS_CERT: 'a.pem' }, 'TLS_CERT and TLS_KEY come together: one of them is missing'],
    [{ TLS_CERT: 'a.pem', TLS_KEY: 'b.pem' }, 'TLS_CERT: there is no file /srv/tollbridge/a.pem'],
  ])('refuse %o in one line', (given, line) => {
    const message = refusal(given as Record<string, string>);
    expect(message).toMatch(
      typeof line === 'string'
        ? new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
        : line,
    );
    expect(message).not.toContain('\n');
  });

  it('never show a secret in a refusal', () => {
    expect(refusal({ SECRET_KEY: 'hunter2' })).toBe('SECRET_KEY must have at least 32 characters');
    expect(refusal({ DATABASE_URL: 'mysql://me:hunter2@host/db' })).not.toContain('hunter2');
  });

  it.each([[['--prot', '1']], [['port']], [['--port']], [['--scenario', 'prod']]])(
    'refuse %o',
    (argv) => {
      expect(refusal({}, argv)).not.toContain('\n');
    },
  );
});

describe('a settled environment', () => {
  it('reaches the processes unchanged', () => {
    const env: Env = {
      ...settings(
        {
          ...{ TRUSTED_PROXIES: '10.0.0.0/8', HTTPS_PORT: '3443', DATA_DIR: '/data' },
          ...{ MEDIA: 'rtpengine', RTPENGINE: 'media.example:2223,[2001:db8::7]:2224' },
          WARN_BEFORE_SECONDS: 'off',
        },
        ['--scenario', 'lab'],
      ),
      databaseUrl: 'postgresql://app:x@127.0.0.1:1/tollbridge',
      secretKey: 's'.repeat(40),
      controlPort: 4000,
      controlSecret: 'c'.repeat(40),
      nodeId: 'node-1',
    };
    expect(parseSettled(settledVariables(env), '/elsewhere')).toEqual(env);
  });

  it('is refused where the supervisor did not set it', () => {
    expect(() => parseSettled({}, '/')).toThrow(/DATABASE_URL is missing/);
  });
});
