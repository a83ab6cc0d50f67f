import { type AnswerKey, keyHash } from '@/lib/protocol/sip/answered-cache';
import type { Span } from '@/lib/protocol/sip/span';
import { DEFAULT_SIP_PORT } from '@/lib/protocol/sip/via';
import type { RegisterScan } from './register-scan';

/** Branch, host, port and method, each as long as RegisterScan takes them. */
const KEY_BYTES = 512;
const BAR = 0x7c;
const COLON = 0x3a;
const METHOD = Buffer.from('|REGISTER', 'latin1');

/** serverKey of a REGISTER, as bytes: what answers to repetitions are found by. */
export class RequestKey implements AnswerKey {
  readonly bytes = new Uint8Array(KEY_BYTES);
  length = 0;
  hash = 0;

  write(packet: Uint8Array, scan: RegisterScan): void {
    const { branch, sentByHost, sentByPort } = scan;
    const { bytes } = this;
    this.length = 0;
    this.add(packet, branch);
    bytes[this.length] = BAR;
    this.length += 1;
    this.add(packet, sentByHost);
    bytes[this.length] = COLON;
    this.length += 1;
    this.addNumber(sentByPort === 0 ? DEFAULT_SIP_PORT : sentByPort);
    bytes.set(METHOD, this.length);
    this.length += METHOD.length;
    this.hash = keyHash(bytes, this.length);
  }

  private add(source: Uint8Array, { start, end }: Span): void {
    const { bytes } = this;
    const shift = this.length - start;
    for (let index = start; index < end; index += 1) bytes[shift + index] = source[index] ?? 0;
    this.length = shift + end;
  }

  private addNumber(value: number): void {
    if (value >= 10) this.addNumber(Math.trunc(value / 10));
    this.bytes[this.length] = 0x30 + (value % 10);
    this.length += 1;
  }
}
