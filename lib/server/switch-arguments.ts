/**
 * What the switch's process gets from node. A larger nursery collects less often but stops for
 * longer, since a call's messages are still needed when it is full: with 16 MB and more, pauses show
 * in set-up times (tests/bench: p99 at half load).
 */
export const SWITCH_NODE_ARGUMENTS: readonly string[] = ['--max-semi-space-size=8'];
