import pg from 'pg';
import { eventually } from './eventually';
import { labFields, runSipp } from './sipp';

/** One hop of a call as it was charged. */
export interface ChargedHop {
  readonly buyer: string;
  readonly seller: string;
  readonly amountMicro: bigint;
  readonly billedSeconds: number;
}

/** A finished call, read from the database. */
export interface FinishedCall {
  readonly id: string;
  readonly dialled: string;
  readonly class: string;
  readonly sipStatus: number;
  readonly hungUpBy: string | null;
  readonly refusalCode: string | null;
  readonly refusalHop: string | null;
  readonly attempts: number;
  readonly ratedSeconds: number;
  readonly hops: readonly ChargedHop[];
}

/** Where a lab runs: the whole product, or a switch in the test's own process. */
export interface LabHouse {
  readonly ready: { readonly web: string; readonly sip: { readonly udp: string } };
  readonly ownerUrl: string;
}

/** A running lab, seen from behind: what the database says happened. */
export class Lab {
  readonly product: LabHouse;
  /** "127.0.0.1:port" of SIP over UDP and TCP. */
  readonly sip: string;
  private readonly pool: pg.Pool;

  constructor(product: LabHouse) {
    this.product = product;
    this.sip = product.ready.sip.udp.replace(/^.*?((?:\d+\.){3}\d+:\d+).*$/, '$1');
    this.pool = new pg.Pool({ connectionString: product.ownerUrl, max: 2 });
    // The database may go away while a connection is idle or closing; whoever asks next is told.
    this.pool.on('error', () => undefined);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** Registers an extension at a port; the binding outlives the SIPp that made it. */
  async register(tenant: 'acme' | 'birch' | 'cedar', extension: string, port: number) {
    const result = await runSipp({
      scenario: 'register',
      target: this.sip,
      localPort: port,
      fields: [labFields(tenant, extension)],
      timeoutSeconds: 15,
    });
    if (result.code !== 0) throw new Error(`REGISTER failed:\n${result.messages}${result.errors}`);
  }

  /** Finished calls to what was dialled, the oldest first; waits until there are `count`. */
  async calls(dialled: string, count = 1): Promise<readonly FinishedCall[]> {
    let found: readonly FinishedCall[] = [];
    await eventually(async () => {
      found = await this.readCalls(dialled);
      return found.length >= count;
    });
    return found;
  }

  /** The only finished call to what was dialled. */
  async call(dialled: string): Promise<FinishedCall> {
    const [only, ...more] = await this.calls(dialled);
    if (!only || more.length > 0) throw new Error(`not one call to ${dialled}`);
    return only;
  }

  /** Balance and held funds of an account, by its name in the lab. */
  async wallet(name: string): Promise<{ balanceMicro: bigint; heldMicro: bigint }> {
    const { rows } = await this.pool.query<{ balance: string; held: string }>(
      `SELECT w.balance_micro::text AS balance, w.held_micro::text AS held
         FROM wallet w JOIN account a ON a.id = w.account_id WHERE a.name = $1`,
      [name],
    );
    const [row] = rows;
    if (!row) throw new Error(`no wallet of ${name}`);
    return { balanceMicro: BigInt(row.balance), heldMicro: BigInt(row.held) };
  }

  /** Figures that must be 0 whenever nobody is calling. */
  async leftovers(): Promise<{ held: string; openHolds: string; liveCalls: string; off: string }> {
    const { rows } = await this.pool.query<{
      held: string;
      openHolds: string;
      liveCalls: string;
      off: string;
    }>(`SELECT (SELECT coalesce(sum(held_micro), 0) FROM wallet)::text AS held,
               (SELECT count(*) FROM hold WHERE state = 'open')::text AS "openHolds",
               (SELECT count(*) FROM live_call)::text AS "liveCalls",
               (SELECT coalesce(sum(amount_micro), 0) FROM posting)::text AS off`);
    const [row] = rows;
    if (!row) throw new Error('no row');
    return row;
  }

  /** Waits until a node's heartbeat is at least a second after the answer of every live call. */
  async heartbeatAfterAnswer(): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.pool.query<{ late: boolean }>(
        `SELECT count(*) > 0 AND bool_and(coalesce(
                  n.heartbeat_at > l.answered_at + interval '1 second', false)) AS late
           FROM live_call l JOIN node n ON n.id = l.node_id`,
      );
      return rows[0]?.late ?? false;
    });
  }

  /** Sends an extension's calls on, always; null = no more. Waits until the switch knows. */
  async forwardAlways(tenantDomain: string, number: string, to: string | null): Promise<void> {
    const { rows } = await this.pool.query<{ id: string; generation: string }>(
      `UPDATE extension e SET forward_always = $3 FROM tenant t
        WHERE t.id = e.tenant_id AND t.domain = $1 AND e.number = $2
        RETURNING e.id, e.generation::text`,
      [tenantDomain, number, to],
    );
    const [changed] = rows;
    if (!changed) throw new Error(`no extension ${number}`);
    await eventually(async () => {
      const observed = await this.pool.query<{ generation: string }>(
        `SELECT generation::text FROM config_observed WHERE kind = 'extension' AND object_id = $1`,
        [changed.id],
      );
      return BigInt(observed.rows[0]?.generation ?? 0) >= BigInt(changed.generation);
    });
  }

  /** Which call each finished call to what was dialled continues, and how. */
  async links(dialled: string): Promise<readonly { kind: string; dialled: string }[]> {
    const { rows } = await this.pool.query<{ kind: string; dialled: string }>(
      `SELECT c.link_kind AS kind, first.dialled FROM call c
         JOIN call first ON first.id = c.linked_call_id
        WHERE c.dialled = $1 ORDER BY c.id`,
      [dialled],
    );
    return rows;
  }

  /** What the switch holds in memory, by the API. */
  async inUse(): Promise<Record<string, number>> {
    const response = await fetch(`${this.product.ready.web}/api/v1/switch`, {
      headers: { authorization: 'Bearer tb_lab_key_for_loopback_only' },
    });
    const body = (await response.json()) as { inUse: Record<string, number> };
    return body.inUse;
  }

  /** Runs a statement as the owner of the database, to bring about a state. */
  async sql(text: string, values: readonly unknown[] = []): Promise<void> {
    await this.pool.query(text, [...values]);
  }

  /** What a question of the database's owner yields. */
  async rows<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }

  private async readCalls(dialled: string): Promise<readonly FinishedCall[]> {
    const { rows } = await this.pool.query<
      Omit<FinishedCall, 'hops'> & {
        hops: { buyer: string; seller: string; amount: string; billed: number }[] | null;
      }
    >(
      `SELECT c.id, c.dialled, c.class, c.sip_status AS "sipStatus", c.hung_up_by AS "hungUpBy",
              c.refusal_code AS "refusalCode", r.name AS "refusalHop", c.attempts,
              c.rated_seconds AS "ratedSeconds",
              (SELECT json_agg(json_build_object('buyer', b.name,
                        'seller', coalesce(s.name, k.name), 'amount', h.amount_micro::text,
                        'billed', h.billed_seconds) ORDER BY h.hop)
                 FROM charge h JOIN account b ON b.id = h.buyer_account_id
                 LEFT JOIN account s ON s.id = h.seller_account_id
                 LEFT JOIN carrier k ON k.id = h.carrier_id
                WHERE h.call_id = c.id) AS hops
         FROM call c LEFT JOIN account r ON r.id = c.refusal_hop_id
        WHERE c.dialled = $1 ORDER BY c.id`,
      [dialled],
    );
    return rows.map((row) => ({
      ...row,
      hops: (row.hops ?? []).map((hop) => ({
        buyer: hop.buyer,
        seller: hop.seller,
        amountMicro: BigInt(hop.amount),
        billedSeconds: hop.billed,
      })),
    }));
  }
}
