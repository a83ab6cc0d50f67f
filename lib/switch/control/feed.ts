import type { ControlEvent } from '@/lib/control/events';

type Reader = (event: ControlEvent) => void;

/** What happens in the switch, told to whoever reads the stream now. Nothing is kept. */
export class LiveFeed {
  private readonly readers = new Set<Reader>();

  publish(event: ControlEvent): void {
    for (const reader of this.readers) reader(event);
  }

  /** Reads from now on; the function returned ends it. */
  subscribe(reader: Reader): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  get readerCount(): number {
    return this.readers.size;
  }
}
