import { expect, test } from 'vitest';
import { rough, seeded } from '@/tests/unit/protocol/sip/virtual-network';
import { LegWorld } from './leg-world';
import type { Phone } from './phone';

const ANSWERS = [200, 200, 200, 200, 488, 491, 500] as const;

/** A phone that answers offers as it likes, some late. */
function whimsical(world: LegWorld, phone: Phone, random: () => number): void {
  let version = 0;
  const answer = (transaction: Parameters<Phone['answer']>[0]): void => {
    const status = ANSWERS[Math.floor(random() * ANSWERS.length)] ?? 200;
    const isCancelled = (transaction.status ?? 0) >= 200;
    if (isCancelled) return;
    version += 1;
    if (status === 200) phone.answer(transaction, 200, { sdp: `${phone.address} ${version}` });
    else transaction.respond(status);
  };
  for (const method of ['INVITE', 'UPDATE']) {
    phone.on[method] = (transaction) => {
      transaction.onCancel = () => transaction.respond(487);
      if (random() < 0.7) answer(transaction);
      else world.network.timers.after(random() * 3_000, () => answer(transaction));
    };
  }
}

/** Something that a phone may do in a call. */
function act(phone: Phone, random: () => number): void {
  const choice = random();
  const sdp = `${phone.address} offers ${Math.floor(random() * 3)}`;
  if (choice < 0.35) phone.ask('INVITE', { sdp });
  else if (choice < 0.5) phone.ask('UPDATE', { sdp });
  else if (choice < 0.6) phone.ask('UPDATE');
  else if (choice < 0.75) phone.ask('INFO', { sdp: '5', headers: { 'content-type': 'x/y' } });
  else if (choice < 0.85) phone.ask('INVITE');
  else {
    const asked = phone.ask('INVITE', { sdp });
    asked.transaction.cancel();
  }
}

test.each(Array.from({ length: 16 }, (_, index) => index + 1))(
  'whatever two phones do to each other over a rough network, nothing stays behind (%i)',
  async (seed) => {
    const random = seeded(seed);
    const world = new LegWorld();
    world.network.fate = rough(random, 0.08, 0.1);
    world.alice.call({ sdp: 'offer', headers: { allow: 'INVITE, UPDATE' } });
    await world.pass(4_900);
    whimsical(world, world.alice, random);
    whimsical(world, world.bob, random);
    for (let step = 0; step < 30 && world.alice.dialog && world.bob.dialog; step += 1) {
      act(random() < 0.5 ? world.alice : world.bob, random);
      await world.pass(Math.floor(random() * 1_500));
    }
    if (random() < 0.5) world.alice.ask('BYE');
    else if (world.bob.dialog) world.bob.ask('BYE');
    await world.pass(40_000);
    expect(world.caller?.isEnded).toBe(true);
    expect(world.callee?.isEnded).toBe(true);
    world.network.fate = () => [1];
    await world.settled();
  },
);
