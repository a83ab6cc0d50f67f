import { loadUdpAddon } from '@/lib/protocol/native/addon';
import { createNativeDatagrams } from '@/lib/protocol/native/native-datagrams';

const addon = loadUdpAddon();

/** The ways in which UDP goes on this machine; tests of what stands on it run over each. */
export const DATAGRAM_KINDS = [
  { kind: 'plain', native: undefined },
  ...(addon === undefined ? [] : [{ kind: 'native', native: createNativeDatagrams(addon) }]),
] as const;
