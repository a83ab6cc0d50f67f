import { silentLogger } from '@/lib/infra/log';
import { startRtpengine } from '@/lib/switch/media/rtpengine/engine';
import { hasPeer } from './peers.mjs';
import { Rtpengine } from './rtpengine';
import { type RunningSwitch, startSwitch } from './running-switch';

/** A switch and what carries its media. */
export interface SwitchWithMedia {
  readonly running: RunningSwitch;
  stop(): Promise<void>;
}

/** A switch whose media goes through an rtpengine of its own. */
export async function startSwitchWithRtpengine(): Promise<SwitchWithMedia> {
  const daemon = await Rtpengine.start({ portMin: 28_000, portMax: 28_399 });
  const { host, port } = daemon.place;
  const running = await startSwitch({
    variables: { MEDIA: 'rtpengine', RTPENGINE: `${host}:${port}` },
    media: (env) => startRtpengine({ nodes: env.rtpengine, log: silentLogger }),
  });
  return {
    running,
    stop: async () => {
      await running.close();
      await daemon.stop();
    },
  };
}

async function startWithRelay(): Promise<SwitchWithMedia> {
  const running = await startSwitch();
  return { running, stop: () => running.close() };
}

/** The ways in which a switch's media can go, and whether this machine has them. */
export const SWITCH_MEDIA = [
  { way: 'through our own relay', start: startWithRelay, isThere: true },
  { way: 'through rtpengine', start: startSwitchWithRtpengine, isThere: hasPeer('rtpengine') },
] as const;
