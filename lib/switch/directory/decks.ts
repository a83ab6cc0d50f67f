import type { Decks } from '@/lib/core/call-plan/views';
import { PrefixTable } from '@/lib/core/rating/prefix-table';
import type { RateDeck } from '@/lib/core/rating/rate';
import { RateColumnsBuilder } from '@/lib/core/rating/rate-columns';
import { loadDeckRates } from '@/lib/services/configuration/load-deck-rates';
import type { ConfigDeck } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';

interface LiveDeck {
  readonly versionId: string;
  readonly table: RateDeck;
}

/**
 * The rates of the live version of every deck. A new version is built aside and swapped in whole:
 * calls never see half of one, and never wait.
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
    const { versionId, info } = deck.active;
    const known = this.live.get(deck.id);
    if (known?.versionId === versionId && sameInfo(known.table, info)) return;
    const columns = new RateColumnsBuilder();
    for await (const chunk of loadDeckRates(this.database, versionId)) {
      for (const row of chunk) columns.add(row);
    }
    this.live.set(deck.id, { versionId, table: new PrefixTable(info, columns.build()) });
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
    table.info.rounding === info.rounding
  );
}
