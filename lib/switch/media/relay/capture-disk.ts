import { close, open, unlink, write, writev } from 'node:fs';

/** Called once; an error where it did not work. */
export type Done = (error: Error | null) => void;

/** A file that grows at its end. */
export interface CaptureSink {
  /** Parts one after the other; one append at a time, and the bytes stay the sink's until it is done. */
  append(parts: readonly Uint8Array[], done: Done): void;
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

function appendParts(fd: number, parts: readonly Uint8Array[], done: Done): void {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  writev(fd, parts, null, (error, written) => {
    if (error || written >= bytes) done(error);
    // A disk that is nearly full takes less at a time.
    else appendAll(fd, Buffer.concat(parts).subarray(written), done);
  });
}

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
        append: (parts, done) => appendParts(fd, parts, done),
        close: (done) => close(fd, (closed) => done(closed ?? null)),
      });
    });
  },
  remove(path, done) {
    unlink(path, (error) => done(error));
  },
};
