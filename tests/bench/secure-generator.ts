import { type MediaJob, opened } from './support/media-load';
import { type HandshakeJob, SecurePhones } from './support/secure-load';

/** A process of its own: phones that are keyed by DTLS, for all windows of a bench. */
const phones = await opened(new SecurePhones());

process.on('message', (job: MediaJob | HandshakeJob) => {
  const done =
    'shakeHandsAt' in job
      ? phones.shakeHands(job)
      : phones.run(job, (edge) => process.send?.(edge));
  done.then(
    (result) => process.send?.({ result }),
    (error: unknown) => {
      process.stderr.write(`generator: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ports: phones.ports, fingerprint: phones.fingerprint });
