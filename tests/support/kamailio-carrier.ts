import { type Kamailio, startKamailio } from './kamailio';

/** What a customer of this carrier registers and calls with. */
export interface CarrierAccount {
  readonly username: string;
  readonly realm: string;
  readonly secret: string;
}

export interface KamailioCarrierOptions {
  readonly address: string;
  readonly account: CarrierAccount;
  /** Where calls of the customer go on to, and whence those for the customer come. */
  readonly gateway: { readonly address: string; readonly port: number };
  /** It grants no more, however long is asked for. */
  readonly maxExpires: number;
  /**
   * Whether it calls by the connection that the customer registered by, and puts the called number
   * where the customer's Contact would be.
   */
  readonly callsByFlow?: boolean;
}

/**
 * A carrier as many small ones are: Kamailio as registrar that asks for digest (401), as proxy that
 * asks for it again for each call (407) and stays in the route, in front of a gateway.
 */
export function startKamailioCarrier(options: KamailioCarrierOptions): Promise<Kamailio> {
  const { address, account, gateway, maxExpires, callsByFlow = false } = options;
  const { username, realm, secret } = account;
  const proven = (kind: 'www' | 'proxy') => `
    if (!pv_${kind}_authenticate("${realm}", "${secret}", "0") || $au != "${username}") {
      ${kind}_challenge("${realm}", "1"); exit;
    }`;
  return startKamailio({
    address,
    modules: ['usrloc', 'registrar', 'nathelper', 'auth'],
    parameters: `
modparam("registrar", "max_expires", ${maxExpires})
modparam("auth", "nonce_count", 1)
modparam("nathelper|registrar", "received_avp", "$avp(received)")
`,
    routes: `
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) {
    if (loose_route()) { xlog("L_ERR", "LOOSE $rm from $si\\n"); t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("REGISTER")) {
    xlog("L_ERR", "REGISTER expires=$hdr(Expires) ct=$ct\\n");
    ${proven('www')}
    ${callsByFlow ? 'fix_nated_register();' : ''}
    save("location");
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  record_route();
  if ($si == "${gateway.address}") {
    $ru = "sip:${username}@${address}";
    if (!lookup("location")) { sl_send_reply("480", "Not registered"); exit; }
    ${callsByFlow ? '$rU = $tU;' : ''}
    xlog("L_ERR", "CALL IN $ru\\n");
    t_relay(); exit;
  }
  ${proven('proxy')}
  consume_credentials();
  $du = "sip:${gateway.address}:${gateway.port}";
  t_relay();
`,
  });
}
