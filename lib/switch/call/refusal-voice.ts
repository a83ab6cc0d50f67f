import type { AnnouncementName } from '@/lib/core/announcements';
import type { AppError, ErrorCode } from '@/lib/core/errors';
import { remembered } from '@/lib/core/remembered';
import type { TenantRecord } from '@/lib/switch/directory/directory';
import type { Playback } from '@/lib/switch/media/sound';
import { briefTone } from '@/lib/switch/sounds/tones';
import type { Call } from './call';
import { CallMedia } from './call-media';
import { CallerLeg } from './caller-leg';
import type { CallEnvironment } from './environment';
import type { CallingParty } from './party';
import { RungParty } from './rung-party';

/** Nobody is kept longer from the answer that his phone waits for. */
const LONGEST_MS = 15_000;
/** A tone that nobody listens to for long. */
const TONE_MS = 4_000;
/** Busy here, everywhere, or declined: somebody is there (RFC 3261 §21). */
const BUSY: ReadonlySet<number> = new Set([486, 600, 603]);
/** Port pairs that are kept for it at the most: a machine that is refused all day needs no words. */
const MOST_AT_ONCE = 100;
/** Of one tenant; whoever comes meanwhile is refused without words. */
const MOST_OF_A_TENANT = 8;

/** What is said of a refusal; the others are told by the tone of a network without a way. */
const WORDS: Partial<Record<ErrorCode, AnnouncementName>> = {
  INSUFFICIENT_FUNDS: 'insufficient-funds',
  DESTINATION_UNKNOWN: 'not-in-service',
  DESTINATION_BLOCKED: 'not-allowed',
  NO_SELL_RATE: 'not-allowed',
  NO_BUY_RATE: 'not-allowed',
  FORBIDDEN: 'not-allowed',
  ACCOUNT_SUSPENDED: 'not-allowed',
  TENANT_SUSPENDED: 'not-allowed',
  EXTENSION_SUSPENDED: 'not-allowed',
  LIMIT_DAILY_SPEND: 'not-allowed',
  LIMIT_RATE: 'not-allowed',
  LIMIT_CONNECT_FEE: 'not-allowed',
  LIMIT_VELOCITY: 'try-later',
  OUTBOUND_BLOCKED: 'not-allowed',
  CALLER_ID_NOT_ALLOWED: 'not-allowed',
  LIMIT_CONCURRENT: 'lines-busy',
  NO_ROUTE: 'lines-busy',
  LIMIT_CPS: 'try-later',
  UNAVAILABLE: 'try-later',
  DRAINING: 'try-later',
  TIMEOUT: 'try-later',
};

/** A caller that is about to be refused. */
interface Refused {
  readonly caller: CallingParty;
  readonly code: ErrorCode;
  /** Of its call, where that has an open session already. */
  readonly media?: CallMedia;
}

const voiceOf = remembered((environment: CallEnvironment) => new RefusalVoice(environment));

/**
 * Says to a phone of our own why its call is refused, as early media: at no charge, and before the
 * status that it gets in any case. Trunks are told by their status alone; so is whoever offers
 * nothing that we could answer, and whoever calls for help: his phone may know another way. Resolves
 * when it has been said, or the caller is gone; at once where nothing is to be said.
 */
export async function explainRefusal(
  environment: CallEnvironment,
  { caller, code, media }: Refused,
): Promise<void> {
  if (!(caller instanceof CallerLeg) || code === 'NO_EMERGENCY_ROUTE') return;
  await voiceOf(environment).explain(caller, code, media);
}

/** The same of a call that gets no funds, in the session that it has. */
export async function explainRefusalOf(call: Call, { code }: AppError): Promise<void> {
  const { environment, caller, media } = call;
  await explainRefusal(environment, { caller, code, media });
  await soundLast(call, (tenant) => playbackOf(environment, code, tenant));
}

/** Lets a phone that was rung so that it may call hear that its call came to nothing. */
export async function soundFailure(call: Call, { status }: { status: number }): Promise<void> {
  const name = BUSY.has(status) ? 'busy' : 'congestion';
  await soundLast(call, ({ country }) => briefTone(name, country, TONE_MS));
}

/**
 * The last that a phone hears that was rung so that it may call: it was answered, so that no status tells
 * it anything. Resolves when it was heard; at once for any other caller.
 */
async function soundLast(
  { caller, conversation, environment, facts, isOver }: Call,
  choose: (tenant: TenantRecord) => Playback | Promise<Playback>,
): Promise<void> {
  const tenant = environment.directory.tenantById(facts.tenantId);
  if (isOver || !tenant || !(caller instanceof RungParty) || !environment.media.hearsMedia) return;
  const playback = await choose(tenant);
  const { media, sounds } = conversation;
  await withinLimit(
    environment,
    () => sounds.last(caller.leg, playback),
    () => media.stopPlaying(caller.leg.id),
  );
}

/** Nobody waits for ever for the end of what is played. */
async function withinLimit(
  { stack }: CallEnvironment,
  play: () => Promise<unknown>,
  stop: () => void,
): Promise<void> {
  const limit = stack.timers.after(LONGEST_MS, stop);
  try {
    await play();
  } finally {
    limit.cancel();
  }
}

/** What is said of a refusal, or the tone of a network without a way. */
async function playbackOf(
  { sounds }: CallEnvironment,
  code: ErrorCode,
  { accountId, country }: TenantRecord,
): Promise<Playback> {
  const name = WORDS[code];
  const sound = name === undefined ? null : await sounds.announcement(name, accountId);
  return sound ? { sound, times: 1 } : briefTone('congestion', country, TONE_MS);
}

/** One for all calls of a switch, so that it can be counted who listens. */
class RefusalVoice {
  private readonly environment: CallEnvironment;
  /** How many of each tenant listen just now. */
  private readonly listening = new Map<string, number>();
  private all = 0;

  constructor(environment: CallEnvironment) {
    this.environment = environment;
  }

  async explain(caller: CallerLeg, code: ErrorCode, media?: CallMedia): Promise<void> {
    const tenant = this.listener(caller);
    if (!tenant) return;
    this.count(tenant.id, 1);
    try {
      const playback = await playbackOf(this.environment, code, tenant);
      if (media) await this.say(caller, media, playback);
      else await this.sayAlone(caller, playback);
    } catch (error) {
      // Words are a courtesy: a caller that can't hear them is refused as it would have been.
      this.environment.stack.log.debug('call.unexplained', { legId: caller.id, code, error });
    } finally {
      this.count(tenant.id, -1);
    }
  }

  /** The tenant of a caller that is to be told in words. */
  private listener(caller: CallerLeg) {
    const { directory, media } = this.environment;
    const { extensionId } = caller.identity;
    if (extensionId === null || caller.offer === null || caller.isEnded) return undefined;
    const extension = directory.extensionById(extensionId);
    const tenant = extension && directory.tenantById(extension.tenantId);
    if (!tenant?.announcesRefusals || !media.hearsMedia || this.all >= MOST_AT_ONCE)
      return undefined;
    return (this.listening.get(tenant.id) ?? 0) < MOST_OF_A_TENANT ? tenant : undefined;
  }

  private count(tenantId: string, change: 1 | -1): void {
    this.all += change;
    const left = (this.listening.get(tenantId) ?? 0) + change;
    if (left > 0) this.listening.set(tenantId, left);
    else this.listening.delete(tenantId);
  }

  /** In a media session of its own: no call came of it. */
  private async sayAlone(caller: CallerLeg, playback: Playback): Promise<void> {
    const { environment } = this;
    const { media: engine, stack } = environment;
    const media = new CallMedia(engine, caller.id);
    media.open(caller.id, stack.timers, () => media.stopPlaying(caller.id));
    caller.onCancelled = () => media.stopPlaying(caller.id);
    try {
      await this.say(caller, media, playback);
    } finally {
      caller.onCancelled = undefined;
      await media.close();
    }
  }

  private async say(caller: CallerLeg, media: CallMedia, playback: Playback): Promise<void> {
    const { offer } = caller;
    if (offer === null) return;
    const told = await media.host(caller, offer);
    if (caller.isEnded) return;
    caller.progress(183, told);
    await withinLimit(
      this.environment,
      () => media.play(caller.id, playback),
      () => media.stopPlaying(caller.id),
    );
  }
}
