import { beforeEach, expect, test } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { createLogger } from '@/lib/infra/log';
import { CallLog } from '@/lib/switch/call/call-log';
import { NOTHING_LEFT, World } from './world';
import { answers } from './world-phone';

type Line = Readonly<Record<string, unknown>>;

let lines: string[];
let world: World;

beforeEach(() => {
  lines = [];
  const log = createLogger({
    process: 'switch',
    level: 'debug',
    format: 'json',
    write: (line) => lines.push(line),
  });
  const calls = new CallLog(log);
  world = new World({ log: calls.joined(), observers: [calls] });
});

/** As `grep` finds them: every line that has this text in it. */
const grep = (text: string): Line[] =>
  lines.filter((line) => line.includes(text)).map((line) => JSON.parse(line) as Line);

const eventsOf = (found: readonly Line[]) => found.map((line) => line['event']);

test('a grep for a call’s id tells its life, an object a line', async () => {
  const caller = world.phone('acme', '101');
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  caller.dial('101@acme.lab.test', '+442079460018@acme.lab.test');
  await world.pass(200);
  caller.hangUp();
  await world.pass(200);
  const { callId, legs } = world.record('+442079460018');
  const life = grep(callId);
  expect(eventsOf(life)).toEqual(['call.admitted', 'call.answered', 'call.ended']);
  for (const line of life) expect(line).toMatchObject({ callId, accountId: 'Acme' });
  expect(life.at(-1)).toMatchObject({
    level: 'info',
    sipStatus: 200,
    hungUpBy: 'caller',
    sipCallIds: legs.map((leg) => leg.sipCallId),
  });
  for (const line of lines) expect(line).toMatch(/^\{.*\}\n$/);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('what goes wrong in a call is told with whose call it is', async () => {
  const caller = world.phone('acme', '101');
  world.charging.hold = async () => {
    throw new AppError('UNAVAILABLE', 'the database is away');
  };
  caller.dial('101@acme.lab.test', '+442079460018@acme.lab.test');
  await world.pass(200);
  const [failed] = grep('call.hold');
  expect(failed).toMatchObject({ level: 'error', accountId: 'Acme' });
  expect(eventsOf(grep(String(failed?.['callId'])))).toEqual([
    'call.admitted',
    'call.hold',
    'call.ended',
  ]);
});

test('a refused call has a life, too', async () => {
  const caller = world.phone('acme', '101');
  caller.dial('101@acme.lab.test', '+815012345678@acme.lab.test');
  await world.pass(200);
  const [refused] = grep('call.refused');
  const life = grep(String(refused?.['callId']));
  expect(eventsOf(life)).toEqual(['call.refused', 'call.ended']);
  for (const line of life) expect(line).toMatchObject({ accountId: 'Acme' });
  expect(life.at(-1)?.['refusal']).toBe(refused?.['code']);
});

test('no line holds what proves who somebody is', async () => {
  const caller = world.phone('acme', '101');
  caller.dial('101@acme.lab.test', '+442079460018@acme.lab.test');
  await world.pass(200);
  expect(lines.join('')).not.toMatch(/authorization|response=|nonce/i);
});
