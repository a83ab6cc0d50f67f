import type { Expectation } from './latch';
import type { EndpointConfig } from './messages';

/** Kinds of agreements and addresses that are remembered; beyond, all are forgotten. */
const MAX_KNOWN = 5_000;

/**
 * Most legs agree on the same, and what comes from another thread is a copy of its own each time:
 * what is equal is kept once. Values only, never changed.
 */
export class SharedConfig {
  private readonly known = new Map<string, unknown>();

  /** The same settings, made of what other legs have already. */
  of(config: EndpointConfig): EndpointConfig {
    const { expectation, voice } = config;
    const shared = this.withExpectation(config, expectation && this.expectation(expectation));
    // Each comes as a copy, of two lists and three objects, and is one of a few.
    if (voice !== undefined) shared.voice = this.one(voice);
    return shared;
  }

  /** The same once they are in force: nothing new is said of where media comes from. */
  inForce(config: EndpointConfig): EndpointConfig {
    return this.withExpectation(config, null);
  }

  /** Spelt out: a spread with a field given again makes an object of the slow and large kind. */
  private withExpectation(
    config: EndpointConfig,
    expectation: Expectation | null,
  ): EndpointConfig & { voice: EndpointConfig['voice'] } {
    return {
      peerId: config.peerId,
      maySend: config.maySend,
      mayReceive: config.mayReceive,
      expectation,
      renumber: this.one(config.renumber),
      types: this.one(config.types),
      voice: config.voice,
      security: config.security,
    };
  }

  private expectation({ remote, sources }: Expectation): Expectation {
    const address = (text: string): string => this.one(text);
    return {
      remote: remote && {
        address: address(remote.address),
        port: remote.port,
        rtcp: { address: address(remote.rtcp.address), port: remote.rtcp.port },
      },
      sources: this.one(sources),
    };
  }

  private one<Value>(value: Value): Value {
    const key = JSON.stringify(value);
    const known = this.known.get(key);
    // The key is the whole value, so what is found under it is of the same type.
    if (known !== undefined) return known as Value;
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(key, value);
    return value;
  }
}
