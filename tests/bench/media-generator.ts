import { type MediaJob, TalkingPhones } from './support/media-load';

/** A process of its own, for all windows of a bench: its sockets are what the calls' legs name. */
const phones = await TalkingPhones.open();

process.on('message', (job: MediaJob) => {
  phones
    .run(job, (edge) => process.send?.(edge))
    .then(
      (result) => process.send?.({ result }),
      (error: unknown) => {
        process.stderr.write(`generator: ${String(error)}\n`);
        process.exit(1);
      },
    );
});
process.send?.({ ports: phones.ports });
