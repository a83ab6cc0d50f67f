import { describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { createLogger, type LogLevel } from '@/lib/infra/log';

function logger(format: 'json' | 'pretty' = 'json', level: LogLevel = 'debug') {
  const lines: string[] = [];
  const log = createLogger({
    process: 'switch',
    level,
    format,
    clock: new ManualClock(),
    write: (line) => lines.push(line),
  });
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}');
  return { log, lines, last };
}

describe('the log', () => {
  it('writes an event a line, with its fields and those of its logger', () => {
    const { log, lines, last } = logger();
    log.child({ callId: 'c1' }).info('call.ended', { billedSeconds: 36, amountMicro: 12_000n });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(last()).toEqual({
      time: '2026-01-01T00:00:00.000Z',
      level: 'info',
      process: 'switch',
      event: 'call.ended',
      callId: 'c1',
      billedSeconds: 36,
      amountMicro: '12000',
    });
  });

  it('keeps to its level', () => {
    const { log, lines } = logger('json', 'warn');
    log.info('quiet');
    log.warn('loud');
    expect(lines).toHaveLength(1);
  });

  it.each([
    'secret',
    'password',
    'secretSealed',
    'apiKey',
    'authorization',
    'cookie',
    'ha1Md5',
    'accessToken',
    'totpCode',
    'controlSecret',
  ])('hides the value of %s at any depth', (name) => {
    const { log, lines } = logger();
    log.info('x', { [name]: 'hunter2', deep: [{ [name]: 'hunter2' }] });
    expect(lines.join('')).not.toContain('hunter2');
  });

  it('hides passwords in addresses and digest responses in messages', () => {
    const { log, lines } = logger();
    log.info('x', {
      url: 'postgresql://app:hunter2@127.0.0.1/db',
      sip: 'Digest username="101", response="abcdef"',
    });
    log.error('y', { error: new Error('connecting to postgresql://app:hunter2@127.0.0.1/db') });
    expect(lines.join('')).not.toMatch(/hunter2|abcdef/);
    expect(lines.join('')).toContain('101');
  });

  it('writes errors with their causes, bytes by their length, and no endless value', () => {
    const { log, last } = logger();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    log.error('x', {
      error: new Error('outer', { cause: new TypeError('inner') }),
      bytes: Buffer.alloc(5),
      loop,
      long: 'a'.repeat(20_000),
    });
    expect(last()).toMatchObject({
      error: { name: 'Error', message: 'outer', cause: { name: 'TypeError', message: 'inner' } },
      bytes: '<5 bytes>',
    });
    expect(String(last()['long']).length).toBeLessThan(9_000);
  });

  it('never lets a field pose as the event', () => {
    const { log, last } = logger();
    log.info('real', { event: 'forged', level: 'debug', time: 'never' });
    expect(last()).toMatchObject({ event: 'real', level: 'info' });
  });

  it('is legible to people', () => {
    const { log, lines } = logger('pretty');
    log.warn('child.died', { name: 'switch', why: 'a b' });
    expect(lines[0]).toBe('00:00:00.000 WARN  switch     child.died name=switch why="a b"\n');
  });

  it('puts no line break of a field into a line', () => {
    const { log, lines } = logger('pretty');
    log.info('x', { text: 'a\r\n00:00:00.000 INFO  web  forged' });
    expect(lines[0]?.trimEnd().split(/[\r\n]/)).toHaveLength(1);
  });
});
