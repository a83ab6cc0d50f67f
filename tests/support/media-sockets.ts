import { loadUdpAddon } from '@/lib/protocol/native/addon';
import { mediaSockets } from '@/lib/switch/media/relay/native-socket';
import { openUdpSocket } from '@/lib/switch/media/relay/udp-socket';

/** The ways in which media goes on this machine; tests of what stands on it run over each. */
export const MEDIA_SOCKET_KINDS = [
  { kind: 'plain', openSocket: openUdpSocket },
  ...(loadUdpAddon() === undefined ? [] : [{ kind: 'native', openSocket: mediaSockets(true) }]),
] as const;
