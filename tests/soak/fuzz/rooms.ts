import type { Logger } from '@/lib/infra/log';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import { Registrar } from '@/lib/switch/registrar/registrar';
import type { createRouter } from '@/lib/switch/router';
import { World } from '@/tests/unit/switch/call/world';
import { House } from '@/tests/unit/switch/house';

/** Remembers what was logged as an error: whatever comes in, there must be none. */
export function errorLog(complaints: Map<string, number>): Logger {
  const log: Logger = {
    debug() {},
    info() {},
    warn() {},
    error(event, fields) {
      const cause = fields?.['error'];
      const text = `${event}: ${cause instanceof Error ? cause.stack : String(cause)}`;
      complaints.set(text, (complaints.get(text) ?? 0) + 1);
    },
    child: () => log,
  };
  return log;
}

/** A registrar that believes everybody, so that what is spoilt gets as far as its rules. */
class OpenHouse extends House {
  protected override routes(): Partial<Parameters<typeof createRouter>[0]> {
    const { directory, location, stack } = this;
    const registrar = new Registrar({
      stack,
      directory,
      location,
      authentication: {
        authenticate: (transaction, claimed) => {
          const user = parseSipUri(claimed.uri)?.user ?? '101';
          const tenant = directory.tenantById('acme');
          const extension = tenant && directory.extension(tenant.id, user);
          if (tenant && extension) return { tenant, extension };
          transaction.respond(403);
          return undefined;
        },
      },
      onRefused: () => undefined,
    });
    return { register: (transaction) => registrar.register(transaction) };
  }
}

/** What the fuzzer feeds: the whole of calls, the registrar believing, the registrar as it is. */
export interface Rooms {
  readonly world: World;
  readonly houses: readonly House[];
  /** Forgets what only tests want to remember. */
  forget(): void;
  /** Moves the time of all. */
  pass(byMs: number): Promise<void>;
}

/** Opens them, phones registered. */
export function openRooms(log: Logger): Rooms {
  const world = new World({ log });
  for (const number of ['101', '102', '103']) world.phone('acme', number);
  world.phone('birch', '101');
  // The fuzzer is whoever the switch speaks to: nobody keeps what was sent to them.
  for (const name of ['acme-101', 'acme-102', 'acme-103', 'birch-101']) {
    world.network.host(name, { isWelcome: () => false });
  }
  const houses = [new OpenHouse(), new House()];
  return {
    world,
    houses,
    forget() {
      world.network.log.length = 0;
      const { settled, answers, holds, paid } = world.charging;
      for (const kept of [settled, answers, holds, paid]) kept.length = 0;
      for (const house of houses) {
        house.network.log.length = 0;
        house.changes.length = 0;
        house.refused.length = 0;
      }
    },
    async pass(byMs) {
      await world.pass(byMs);
      for (const house of houses) house.network.advance(byMs);
    },
  };
}
