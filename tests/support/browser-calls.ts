import type { Lab } from './lab';
import { labFields, type RunningSipp, startSipp } from './sipp';

/** Where this suite's carriers listen, by the name of their trunk. */
export const CARRIER_PORTS = { 'carrier-a': 15_590, 'carrier-b': 15_592 } as const;
export const CARRIER_A = CARRIER_PORTS['carrier-a'];
export const CARRIER_B = CARRIER_PORTS['carrier-b'];

/** Ports of this suite's phones; a number of its own for each test. */
const FIRST_PHONE_PORT = 15_600;

/** The SIP port of a test's phone. */
export function phonePort(number: number): number {
  return FIRST_PHONE_PORT + number;
}

/** SIPp takes four ports from its media port on (RTP and RTCP of audio and video). */
function mediaPortOf(sipPort: number): number {
  return 40_000 + (sipPort % 1000) * 6;
}

/** A carrier that answers so many calls. */
export function startCarrier(port: number, calls = 1): Promise<RunningSipp> {
  return startSipp({ scenario: 'answer', localPort: port, mediaPort: mediaPortOf(port), calls });
}

export interface PhoneCall {
  readonly tenant?: 'acme' | 'birch' | 'cedar';
  readonly extension: string;
  readonly dialled: string;
  readonly port: number;
  /** Hangs up after so long; left out, the far side has to. */
  readonly talkMs?: number;
}

/** A phone of the lab calls. */
export function startCall(lab: Lab, call: PhoneCall): Promise<RunningSipp> {
  const { tenant = 'acme', extension, dialled, port, talkMs } = call;
  return startSipp({
    scenario: talkMs === undefined ? 'call-until-bye' : 'call',
    target: lab.sip,
    localPort: port,
    mediaPort: mediaPortOf(port),
    ...(talkMs === undefined ? {} : { pauseMs: talkMs }),
    fields: [labFields(tenant, extension, dialled)],
  });
}

/** Calls through a carrier from dialling to the end; returns when its record is written. */
export async function completeCall(lab: Lab, call: PhoneCall, carrierPort: number): Promise<void> {
  const carrier = await startCarrier(carrierPort);
  const phone = await startCall(lab, { talkMs: 2_000, ...call });
  const result = await phone.done;
  if (result.code !== 0) throw new Error(`the call failed:\n${result.messages}`);
  await carrier.done;
  await lab.calls(call.dialled);
}
