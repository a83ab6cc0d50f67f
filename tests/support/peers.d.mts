/** Where a program lies; null where this machine has none. */
export function findProgram(program: string): string | null;

/** Whether a peer (sipp, baresip, chromium) is there; suites skip themselves where it is not. */
export function hasPeer(
  program:
    | 'sipp'
    | 'baresip'
    | 'linphonec'
    | 'sipsak'
    | 'kamailio'
    | 'chromium'
    | 'tshark'
    | 'turnserver'
    | 'rtpengine',
): boolean;
