/**
 * What the switch's process gets from node, for calls that set up within milliseconds whatever the
 * load. A call's messages live a few milliseconds, what stands for a call lives long: with a nursery
 * of 32 MB hardly anything is on its way when it is full, so a collection copies next to nothing
 * (with 8 MB a call in ten milliseconds' time was copied twice and then walked through). That little
 * is collected by the thread that waits for it: helpers are more trouble than help (tests/bench).
 * And nothing is put among the old at once because others from the same place once grew old (while the
 * switch is cold, or its database away): such an object is dead in a moment, but counts as alive until
 * the old are next gone through, and each of them held a whole call.
 * The old are gone through when they have trebled, which is what V8 makes of calls anyway. Where
 * little grows old it would do so after a tenth more, and it counts the bytes of each datagram that
 * node:dgram has handed over until the nursery is next collected: with one of 32 MB those alone are a
 * tenth, and registrations had the whole heap marked once or twice a second for nothing.
 */
export const SWITCH_NODE_ARGUMENTS: readonly string[] = [
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
  '--no-parallel-scavenge',
  '--no-allocation-site-pretenuring',
  '--heap-growing-percent=200',
];
