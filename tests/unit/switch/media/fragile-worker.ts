import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** The real media worker with a weakness: a datagram to this port makes it throw, unhandled. */
const WEAK_PORT = 22_998;

const weakness = createSocket('udp4').on('message', (message) => {
  throw new Error(message.toString());
});
weakness.bind({ address: '127.0.0.1', port: WEAK_PORT });
await once(weakness, 'listening');
await import('@/lib/switch/media/worker');
