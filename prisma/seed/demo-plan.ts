import type { CallPlan, CallRequest } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type { PlanContext } from '@/lib/core/call-plan/views';
import type { SeedContext } from '@/lib/server/seed-context';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { SwitchDecks } from '@/lib/switch/directory/decks';
import { recordsOf, SwitchDirectory } from '@/lib/switch/directory/directory';

/** Nobody else calls while the demo's past is written. */
const IDLE = { concurrentCalls: 0, outgoingCalls: 0, callsThisSecond: 0, spentTodayMicro: 0n };

/** Plans calls by the very directory and decks that the switch would use. */
export class DemoPlanner {
  private readonly context: PlanContext;
  readonly trunkIds: readonly string[];

  private constructor(context: PlanContext, trunkIds: readonly string[]) {
    this.context = context;
    this.trunkIds = trunkIds;
  }

  static async open({ database }: SeedContext): Promise<DemoPlanner> {
    const objects = await loadDirectory(database);
    const directory = new SwitchDirectory();
    const decks = new SwitchDecks(database);
    for (const record of recordsOf(objects)) directory.put(record);
    for (const deck of objects.decks) await decks.bring(deck);
    const limits = { usage: () => IDLE };
    const trunkIds = objects.trunks.map((trunk) => trunk.id);
    return new DemoPlanner({ directory, decks, limits }, trunkIds);
  }

  plan(request: CallRequest, atMs: number): CallPlan {
    return planCall(this.context, request, atMs);
  }
}
