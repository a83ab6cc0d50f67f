import { isIP } from 'node:net';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import {
  ADDRESS,
  FAMILY,
  LENGTH,
  MAX_GROUP_BATCH,
  MAX_MEMBERS,
  MEMBER,
  type NativeSocket,
  OFFSET,
  PORT,
  READABLE,
  SCOPE,
  type UdpAddon,
  WORDS,
} from './addon';
import { AddressBook } from './address-book';

/** Longer datagrams are cut there: no member takes one that fills its slot. */
export const GROUP_SLOT_BYTES = 2_048;
const RECEIVED_BYTES = MAX_GROUP_BATCH * GROUP_SLOT_BYTES;
/** Packets that are sent together. */
const QUEUE_PACKETS = 512;
/** Of those that were not received here, and so are copied. */
const COPIED_BYTES = 256 * 1_024;
/** Batches taken before the loop gets its turn. */
const MAX_ROUNDS = 8;

export interface GroupBinding {
  readonly address: string;
  readonly port: number;
  /**
   * A datagram's bytes, and whom it is from. Both may be sent on, the bytes changed first; neither
   * may be kept or touched once sent. May not throw.
   */
  readonly onPacket: (packet: Uint8Array, from: Endpoint) => void;
}

/** A socket of a group. */
export interface GroupSocket {
  /** Leaves when the batch ends that is being read, else when the turn ends. */
  send(packet: Uint8Array, to: Endpoint): void;
  close(): void;
}

const NOBODY: Endpoint = { address: '', port: 0 };

/** One socket: what it was told of its last sender and receiver saves looking them up again. */
class Member implements GroupSocket {
  readonly number: number;
  readonly socket: NativeSocket;
  readonly onPacket: GroupBinding['onPacket'];
  from = NOBODY;
  /** The sender's address and port as numbers. */
  fromWord0 = 0;
  fromWord1 = 0;
  fromWord2 = 0;
  fromWord3 = 0;
  fromScope = 0;
  toAddress = '';
  toEntry: Int32Array | undefined;
  private readonly group: DatagramGroup;
  private isOpen = true;

  constructor(group: DatagramGroup, number: number, of: OpenSocket) {
    this.group = group;
    this.number = number;
    this.socket = of.socket;
    this.onPacket = of.onPacket;
  }

  send(packet: Uint8Array, to: Endpoint): void {
    if (this.isOpen) this.group.queue(this, packet, to);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.group.drop(this);
  }
}

interface OpenSocket {
  readonly socket: NativeSocket;
  readonly onPacket: GroupBinding['onPacket'];
}

/**
 * Many sockets with little traffic each (the ports of media), woken together: one call reads a
 * packet of each that has one, one call sends what came of them. Received bytes are sent from where
 * they lie; nothing is allocated per packet.
 */
export class DatagramGroup {
  private readonly addon: UdpAddon;
  private readonly handle: NativeSocket;
  private readonly addresses: AddressBook;
  /** What was received, and behind it what is copied to be sent. */
  private readonly slab = Buffer.allocUnsafeSlow(RECEIVED_BYTES + COPIED_BYTES);
  private readonly received = this.slab.subarray(0, RECEIVED_BYTES);
  private readonly receivedMeta = new Int32Array(MAX_GROUP_BATCH * WORDS);
  private readonly queueMeta = new Int32Array(QUEUE_PACKETS * WORDS);
  /** Of each slot the bytes as last handed out: nearly all packets of a codec are as long. */
  private readonly views: Buffer[] = [];
  private readonly members: (Member | undefined)[] = [];
  private readonly freeNumbers: number[] = [];
  private queued = 0;
  private copiedEnd = RECEIVED_BYTES;
  private isReading = false;
  private flushIsDue = false;

  constructor(addon: UdpAddon) {
    this.addon = addon;
    this.addresses = new AddressBook(addon);
    this.handle = addon.openGroup();
    addon.watch(this.handle, READABLE, this.woken);
  }

  /** Binds a socket. Throws where the port is taken, or no more members are possible. */
  open({ address, port, onPacket }: GroupBinding): GroupSocket {
    const number = this.freeNumbers.pop() ?? this.members.length;
    if (number >= MAX_MEMBERS) throw new Error('the group has as many sockets as it can');
    // As node:dgram does it: all IPv6 addresses are all IPv4 ones too.
    const isDual = isIP(address) === 6;
    const socket = this.addon.open(address, port, 0, false, isDual);
    this.addon.join(this.handle, socket, number);
    const member = new Member(this, number, { socket, onPacket });
    this.members[number] = member;
    return member;
  }

  /** Closes all sockets; the group is of no use any more. */
  close(): void {
    for (const member of [...this.members]) member?.close();
    this.addon.close(this.handle);
  }

  /** For members: puts a packet where the next flush finds it. */
  queue(member: Member, packet: Uint8Array, to: Endpoint): void {
    if (member.toAddress !== to.address) {
      member.toEntry = this.addresses.entryOf(to.address);
      member.toAddress = to.address;
    }
    const entry = member.toEntry;
    if (entry === undefined) return;
    if (this.queued >= QUEUE_PACKETS) this.flush();
    const offset = this.placeOf(packet);
    if (offset < 0) return;
    const meta = this.queueMeta;
    const at = this.queued * WORDS;
    meta[at + OFFSET] = offset;
    meta[at + LENGTH] = packet.length;
    meta[at + PORT] = to.port;
    for (let word = FAMILY; word <= SCOPE; word += 1) meta[at + word] = entry[word] ?? 0;
    meta[at + MEMBER] = member.number;
    this.queued += 1;
    if (this.isReading || this.flushIsDue) return;
    this.flushIsDue = true;
    queueMicrotask(this.flushDue);
  }

  /** For members: one is gone. */
  drop(member: Member): void {
    // Its last words go out first: its number is somebody else's soon.
    this.flush();
    this.addon.close(member.socket);
    this.members[member.number] = undefined;
    this.freeNumbers.push(member.number);
  }

  /** Where a packet lies in the slab, copied there if it does not yet; -1: it is too long. */
  private placeOf(packet: Uint8Array): number {
    if (packet.buffer === this.slab.buffer) return packet.byteOffset - this.slab.byteOffset;
    if (this.copiedEnd + packet.length > this.slab.length) this.flush();
    const start = this.copiedEnd;
    if (start + packet.length > this.slab.length) return -1;
    this.slab.set(packet, start);
    this.copiedEnd = start + packet.length;
    return start;
  }

  private readonly flushDue = (): void => {
    this.flushIsDue = false;
    this.flush();
  };

  private flush(): void {
    if (this.queued > 0) {
      // What the kernel does not take is lost, as datagrams are.
      this.addon.sendGroup(this.handle, this.slab, this.queueMeta, this.queued);
    }
    this.queued = 0;
    this.copiedEnd = RECEIVED_BYTES;
  }

  private readonly woken = (): void => {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if (this.receive() < MAX_GROUP_BATCH) return;
    }
  };

  /** Takes one packet of each member that has any; how many those were. */
  private receive(): number {
    // What waits was put there before; some of it may lie where the next packets come.
    this.flush();
    const { receivedMeta: meta } = this;
    const count = this.addon.receiveGroup(this.handle, this.received, meta, GROUP_SLOT_BYTES);
    this.isReading = true;
    for (let index = 0; index < count; index += 1) {
      const at = index * WORDS;
      // Gone since, by what was in a packet before.
      const member = this.members[meta[at + MEMBER] ?? -1];
      if (member === undefined) continue;
      member.onPacket(this.viewOf(index, meta[at + LENGTH] ?? 0), this.senderOf(member, at));
    }
    this.isReading = false;
    this.flush();
    return count;
  }

  private viewOf(slot: number, length: number): Buffer {
    const known = this.views[slot];
    if (known?.length === length) return known;
    const start = slot * GROUP_SLOT_BYTES;
    const view = this.received.subarray(start, start + length);
    this.views[slot] = view;
    return view;
  }

  /** The same object for as long as the sender is the same. */
  private senderOf(member: Member, at: number): Endpoint {
    const meta = this.receivedMeta;
    const port = meta[at + PORT] ?? 0;
    const word0 = meta[at + ADDRESS] ?? 0;
    const isV4 = meta[at + FAMILY] === 4;
    const word1 = isV4 ? 0 : (meta[at + ADDRESS + 1] ?? 0);
    const word2 = isV4 ? 0 : (meta[at + ADDRESS + 2] ?? 0);
    const word3 = isV4 ? 0 : (meta[at + ADDRESS + 3] ?? 0);
    const scope = meta[at + SCOPE] ?? 0;
    const isKnown =
      member.from.port === port &&
      member.fromWord0 === word0 &&
      member.fromWord1 === word1 &&
      member.fromWord2 === word2 &&
      member.fromWord3 === word3 &&
      member.fromScope === scope;
    if (isKnown && member.from !== NOBODY) return member.from;
    member.from = { address: this.addresses.textOf(meta, at / WORDS), port };
    member.fromWord0 = word0;
    member.fromWord1 = word1;
    member.fromWord2 = word2;
    member.fromWord3 = word3;
    member.fromScope = scope;
    return member.from;
  }
}
