import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert } from '@/lib/core/errors';

/** What of libopus the WASM binary exports. Pointers are offsets into its memory. */
interface OpusExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(
    encoder: number,
    rateHz: number,
    ...rest: readonly [channels: number, application: number]
  ): number;
  opus_encoder_ctl_set(encoder: number, request: number, value: number): number;
  /** Octets of the packet, or a negative error. */
  opus_encode(
    encoder: number,
    pcm: number,
    ...rest: readonly [samples: number, packet: number, maxBytes: number]
  ): number;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(decoder: number, rateHz: number, channels: number): number;
  /** Samples a channel, or a negative error. No packet (0, 0) = conceal a loss of `samples`. */
  opus_decode(
    decoder: number,
    packet: number,
    ...rest: readonly [bytes: number, pcm: number, samples: number, isLostBefore: 0 | 1]
  ): number;
}

const REQUIRED = [
  '_initialize',
  'malloc',
  'free',
  'opus_encoder_get_size',
  'opus_encoder_init',
  'opus_encoder_ctl_set',
  'opus_encode',
  'opus_decoder_get_size',
  'opus_decoder_init',
  'opus_decode',
] as const;

function isOpus(exports: object): exports is OpusExports {
  const found = new Map(Object.entries(exports));
  return REQUIRED.every((name) => typeof found.get(name) === 'function') && found.has('memory');
}

/** RFC 6716 §3.2.1 gives a frame 1,275 octets; more than one in a packet is bounded by the network. */
const MAX_PACKET_BYTES = 1_500;
/** 120 ms at 48 kHz. */
const MAX_SAMPLES = 5_760;

/**
 * libopus as WASM, with one place for packets and one for samples that all encoders and decoders of
 * the thread share: they work one after the other.
 */
export class OpusLibrary {
  readonly exports: OpusExports;
  readonly packetPointer: number;
  readonly pcmPointer: number;
  private live = 0;
  private packetView = new Uint8Array(0);
  private pcmView = new Int16Array(0);

  constructor(exports: OpusExports) {
    this.exports = exports;
    this.packetPointer = this.room(MAX_PACKET_BYTES);
    this.pcmPointer = this.room(MAX_SAMPLES * Int16Array.BYTES_PER_ELEMENT);
  }

  /** Encoders and decoders that are not closed yet. */
  get inUse(): number {
    return this.live;
  }

  /** Where packets lie. The memory moves as it grows: never keep it over a call. */
  get packet(): Uint8Array {
    if (this.packetView.length === 0) {
      const { buffer } = this.exports.memory;
      this.packetView = new Uint8Array(buffer, this.packetPointer, MAX_PACKET_BYTES);
    }
    return this.packetView;
  }

  /** Where samples lie; as `packet`. */
  get pcm(): Int16Array {
    if (this.pcmView.length === 0) {
      const { buffer } = this.exports.memory;
      this.pcmView = new Int16Array(buffer, this.pcmPointer, MAX_SAMPLES);
    }
    return this.pcmView;
  }

  /** Memory for an encoder or decoder; `giveBack` frees it. */
  take(bytes: number): number {
    const pointer = this.room(bytes);
    this.live += 1;
    return pointer;
  }

  giveBack(pointer: number): void {
    this.exports.free(pointer);
    this.live -= 1;
  }

  private room(bytes: number): number {
    const pointer = this.exports.malloc(bytes);
    assert(pointer !== 0, 'libopus has memory left');
    return pointer;
  }
}

/** A module of one instruction that only engines with SIMD take. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0],
  ...[65, 0, 253, 15, 253, 98, 11],
);

/**
 * Where the package's binary lies: from this code, or, in the portal, whose bundler has put this code
 * elsewhere, from where the process runs. The name is put together, or the bundler would take the
 * binary for one of its modules.
 */
function wasmFile(file: string): string {
  const name = ['@evan/opus', 'wasm', file].join('/');
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return createRequire(`${process.cwd()}/`).resolve(name);
  }
}

function load(): OpusLibrary {
  const file = WebAssembly.validate(SIMD_PROBE) ? 'simd.wasm' : 'opus.wasm';
  const path = wasmFile(file);
  const nothing = (): number => 0;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {
    // What the C library would print and exit with; a codec does neither.
    wasi_snapshot_preview1: {
      fd_seek: nothing,
      fd_write: nothing,
      fd_close: nothing,
      proc_exit: nothing,
    },
    // A view of memory that has grown has no length any more; that is how it is noticed.
    env: { emscripten_notify_memory_growth: nothing },
  });
  assert(isOpus(exports), 'the WASM of libopus exports what we call');
  exports._initialize();
  return new OpusLibrary(exports);
}

let library: OpusLibrary | undefined;

/**
 * libopus of this thread, read from the package's WASM binary when it is first asked for: a worker
 * whose calls have no use for it never loads it (some 10 ms, once).
 */
export function opusLibrary(): OpusLibrary {
  library ??= load();
  return library;
}
