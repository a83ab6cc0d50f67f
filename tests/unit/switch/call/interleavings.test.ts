import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLogger } from '@/lib/infra/log';
import { rough, seeded } from '@/tests/unit/protocol/sip/virtual-network';
import { NOTHING_LEFT, World } from './world';
import { answers, type Manner, type Phone, type PhoneCall, refuses, rings } from './world-phone';

const ACME = 'acme.lab.test';
const TARGETS = ['102', '103', '104', '+442079460018', '+442079460019', '+33142685300'];

const DEEDS = [
  'dial',
  'refer',
  'replaces',
  'pickup',
  'take',
  'answer',
  'decline',
  'cancel',
  'bye',
] as const;

/** One thing that somebody does, and how long nothing else happens after it. */
interface Step {
  readonly who: number;
  readonly what: (typeof DEEDS)[number];
  readonly target: number;
  readonly afterMs: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  what: fc.constantFrom(...DEEDS, 'dial', 'refer'),
  target: fc.nat(TARGETS.length - 1),
  afterMs: fc.constantFrom(0, 1, 2, 5, 20, 200, 200, 200, 3_000),
});

/** Sends the call to a colleague, or so it says. */
const movesOn: Manner = (_phone, transaction) =>
  transaction.respond(302, undefined, { headers: { contact: `<sip:103@${ACME}>` } });

/** Phones 101 to 103 and two carriers; 104 sends its calls on to the outside. */
class Play {
  readonly world: World;
  readonly complaints: string[] = [];
  private readonly parties: readonly Phone[];
  private readonly dialled = new Set<string>();

  constructor(options: { readonly seed: number; readonly isRough: boolean }) {
    const error = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      this.complaints.push(`${event} ${String(fields['error'])}`);
    };
    this.world = new World({ log: { ...silentLogger, error } });
    const { world } = this;
    const random = seeded(options.seed);
    const road = options.isRough ? rough(random, 0.05, 0.05) : () => [1];
    world.network.fate = (packet) => {
      this.checkPaid(packet.text);
      return road(packet);
    };
    world.charging.balances.set('Acme', 40_000n);
    // Reservations take their time, each its own.
    world.charging.delay = async () => {
      for (let turns = random() * 4; turns > 1; turns -= 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    world.forwards('acme', '104', { always: '+442079460020' });
    world.forwards('acme', '103', { busy: '+442079460021', noAnswer: '102', noAnswerSeconds: 5 });
    this.parties = [
      world.phone('acme', '101'),
      world.phone('acme', '102'),
      world.phone('acme', '103'),
      world.carrier('carrier-a'),
      world.carrier('carrier-b'),
    ];
    const manners = [answers, answers, answers, rings, rings, refuses(486), refuses(503), movesOn];
    for (const party of this.parties) {
      party.manner = (phone, transaction) => {
        const manner = manners[Math.floor(random() * manners.length)] ?? answers;
        manner(phone, transaction);
      };
    }
  }

  /** The first phone has two calls, if they are answered; then things happen. */
  async run([one, other, ...steps]: readonly Step[]): Promise<void> {
    const calls = [one, other].flatMap((each): readonly Step[] =>
      each ? [{ ...each, who: 0, what: 'dial', afterMs: 200 }] : [],
    );
    for (const each of [...calls, ...steps]) {
      this.act(each);
      await this.world.pass(each.afterMs);
    }
    for (const party of this.parties) for (const call of party.calls) this.end(party, call);
    // Rung phones that nobody cancels give up by the switch's own limit.
    await this.world.pass(130_000);
    for (const party of this.parties) for (const call of party.calls) this.end(party, call);
  }

  private act({ who, what, target }: Step): void {
    const party = this.parties[who];
    const dialled = TARGETS[target] ?? '102';
    const call = party?.calls.at(-1);
    if (!party || (what !== 'dial' && !call)) return;
    switch (what) {
      case 'dial':
        if (who < 3) party.dial(`10${who + 1}@${ACME}`, `${dialled}@${ACME}`);
        else party.dial(`+33100@${party.name}`, '+12025550101@switch');
        return;
      case 'refer':
        if (call?.dialog) party.refer(`<sip:${dialled}@${ACME}>`, call);
        return;
      case 'replaces':
        this.attended(party, target);
        return;
      case 'pickup':
        if (who < 3)
          party.dial(`10${who + 1}@${ACME}`, `102@${ACME}`, { replaces: this.ringing(target) });
        return;
      case 'take':
        if (who < 3)
          party.dial(`10${who + 1}@${ACME}`, `102@${ACME}`, { replaces: this.talking(target) });
        return;
      case 'answer':
      case 'decline':
        if (call && 'respond' in call.invite && call.invite.status === 180) {
          if (what === 'answer') party.accept(call.invite);
          else call.invite.respond(603);
        }
        return;
      case 'cancel':
        if (call) party.cancel(call);
        return;
      case 'bye':
        if (call) this.end(party, call);
    }
  }

  /** What a lamp says of one of the calls, whether it rings still or not. */
  private ringing(target: number): string {
    const call = [...this.world.calls.values()].at(target % 3);
    const { callId, localTag, remoteTag } = this.world.pickups.of(call?.callId ?? 'none');
    return `${callId};to-tag=${localTag};from-tag=${remoteTag}`;
  }

  /** A dialog of a phone of the house, early or not, as the phone knows it. */
  private talking(target: number): string {
    const calls = this.parties.slice(0, 3).flatMap((party) => party.calls);
    const dialog = calls.at(-1 - (target % 4))?.dialog;
    return `${dialog?.callId};to-tag=${dialog?.remoteTag};from-tag=${dialog?.localTag}`;
  }

  private attended(party: Phone, target: number): void {
    const [first, second] = [party.calls.at(-2), party.calls.at(-1)];
    const dialog = (target % 2 === 0 ? second : first)?.dialog;
    const call = target % 2 === 0 ? first : second;
    if (!dialog || !call?.dialog) return;
    const value = `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`;
    party.refer(`<sip:102@${ACME}?Replaces=${encodeURIComponent(value)}>`, call);
  }

  private end(party: Phone, call: PhoneCall): void {
    if (call.ended) return;
    if ('cancel' in call.invite && call.status === undefined) party.cancel(call);
    else if (call.dialog?.state === 'confirmed') party.hangUp(call);
  }

  /** No carrier is ever dialled for a number for which nothing is reserved. */
  private checkPaid(packet: string): void {
    const number = /^INVITE sip:(\+\d+)@carrier/.exec(packet)?.[1];
    const callId = /^call-id: (.*)$/im.exec(packet)?.[1];
    // What is only repeated was reserved when it was said first; it ends by CANCEL or BYE.
    if (number === undefined || callId === undefined || this.dialled.has(callId)) return;
    this.dialled.add(callId);
    const { liveCallIds, holds } = this.world.charging;
    const isHeld = holds.some(
      ({ request, ok }) =>
        ok && request.facts.toNumber === number && liveCallIds.includes(request.callId),
    );
    if (!isHeld) this.complaints.push(`${number} was dialled and nothing is reserved`);
  }
}

test.each([false, true])(
  'whatever phones and carriers do, and in whatever order (rough network: %s), nothing is dialled unreserved, overdrawn, settled twice or left behind',
  async (isRough) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), async (steps, seed) => {
        const play = new Play({ seed, isRough });
        await play.run(steps);
        const { world } = play;
        expect(play.complaints).toEqual([]);
        expect(await world.leftovers()).toEqual(NOTHING_LEFT);
        expect(world.charging.balances.get('Acme')).toBeGreaterThanOrEqual(0n);
      }),
      { numRuns: 40 },
    );
  },
  120_000,
);
