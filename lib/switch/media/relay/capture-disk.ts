import { close, open, unlink, write } from 'node:fs';

/** Called once; an error where it did not work. */
export type Done = (error: Error | null) => void;

/** A file that grows at its end. */
export interface CaptureSink {
  /** One at a time; the bytes stay the sink's until it is done. */
  append(bytes: Uint8Array, done: Done): void;
  close(done: Done): void;
}

/** Where captures are kept. */
export interface CaptureDisk {
  /** A new file; fails where there is one. */
  create(path: string, opened: (error: Error | null, sink: CaptureSink | null) => void): void;
  remove(path: string, done: Done): void;
}

/** Its owner's alone. */
const FILE_MODE = 0o600;

function appendAll(fd: number, bytes: Uint8Array, done: Done): void {
  write(fd, bytes, 0, bytes.length, null, (error, written) => {
    if (error || written >= bytes.length) done(error);
    else appendAll(fd, bytes.subarray(written), done);
  });
}

/** The machine's own files: written by other threads, the packets' never waits. */
export const captureDisk: CaptureDisk = {
  create(path, opened) {
    open(path, 'wx', FILE_MODE, (error, fd) => {
      if (error) {
        opened(error, null);
        return;
      }
      opened(null, {
        append: (bytes, done) => appendAll(fd, bytes, done),
        close: (done) => close(fd, (closed) => done(closed ?? null)),
      });
    });
  },
  remove(path, done) {
    unlink(path, (error) => done(error));
  },
};
