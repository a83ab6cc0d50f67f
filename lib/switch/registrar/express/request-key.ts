import { DEFAULT_SIP_PORT } from '@/lib/protocol/sip/via';
import type { RegisterScan } from './register-scan';

/** Branch, host, port and method, each as long as RegisterScan takes them. */
const KEY_BYTES = 512;
const BAR = 0x7c;
const COLON = 0x3a;
const METHOD = Buffer.from('|REGISTER', 'latin1');

/** serverKey of a REGISTER, as bytes: what answers to repetitions are found by. */
export class RequestKey {
  readonly bytes = new Uint8Array(KEY_BYTES);
  length = 0;

  write(packet: Uint8Array, scan: RegisterScan): void {
    const { branch, sentByHost, sentByPort } = scan;
    this.length = 0;
    this.add(packet, branch.start, branch.end);
    this.addByte(BAR);
    this.add(packet, sentByHost.start, sentByHost.end);
    this.addByte(COLON);
    this.addNumber(sentByPort === 0 ? DEFAULT_SIP_PORT : sentByPort);
    this.add(METHOD, 0, METHOD.length);
  }

  private add(source: Uint8Array, start: number, end: number): void {
    for (let index = start; index < end; index += 1) this.addByte(source[index] ?? 0);
  }

  private addNumber(value: number): void {
    if (value >= 10) this.addNumber(Math.trunc(value / 10));
    this.addByte(0x30 + (value % 10));
  }

  private addByte(byte: number): void {
    this.bytes[this.length] = byte;
    this.length += 1;
  }
}
