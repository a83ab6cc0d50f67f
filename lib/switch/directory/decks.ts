import { setImmediate as turn } from 'node:timers/promises';
import type { Decks } from '@/lib/core/call-plan/views';
import { DeckBuilder } from '@/lib/core/rating/deck-table';
import type { RateDeck } from '@/lib/core/rating/rate';
import { byTurns } from '@/lib/core/steps';
import { loadDeckRates } from '@/lib/services/configuration/load-deck-rates';
import type { ConfigDeck } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';

interface LiveDeck {
  readonly versionId: string;
  readonly table: RateDeck;
}

/**
 * The rates of the live version of every deck. A new version is built aside and swapped in whole:
 * calls never see half of one, and never wait:
 * it is read and built a few milliseconds at a time.
 */
export class SwitchDecks implements Decks {
  private readonly live = new Map<string, LiveDeck>();
  private readonly database: ServicesDatabase;

  constructor(database: ServicesDatabase) {
    this.database = database;
  }

  deckById(id: string): RateDeck | undefined {
    return this.live.get(id)?.table;
  }

  /** Makes a deck's live version what `deck` says; reads rates only when it is another one. */
  async bring(deck: ConfigDeck): Promise<void> {
    if (deck.active === null) {
      this.live.delete(deck.id);
      return;
    }
    const { versionId, info, bands } = deck.active;
    const known = this.live.get(deck.id);
    if (known?.versionId === versionId && sameInfo(known.table, info)) return;
    const builder = new DeckBuilder();
    for await (const chunk of loadDeckRates(this.database, versionId)) {
      for (const row of chunk) builder.add(row);
    }
    const table = await byTurns(builder.steps(info, bands), turn);
    this.live.set(deck.id, { versionId, table });
  }

  /** A deck that is gone prices nothing. */
  drop(id: string): void {
    this.live.delete(id);
  }
}

function sameInfo(table: RateDeck, info: RateDeck['info']): boolean {
  return (
    table.info.deckName === info.deckName &&
    table.info.deckVersion === info.deckVersion &&
    table.info.currency === info.currency &&
    table.info.rounding === info.rounding &&
    table.info.decimals === info.decimals
  );
}
