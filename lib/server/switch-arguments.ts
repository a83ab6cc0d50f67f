/**
 * What the switch's process gets from node. Its garbage is young: a message, its headers, an
 * answer. A nursery of 16 MB is full ten times a second under load and copies out what would have
 * been dead a moment later.
 */
export const SWITCH_NODE_ARGUMENTS: readonly string[] = ['--max-semi-space-size=64'];
