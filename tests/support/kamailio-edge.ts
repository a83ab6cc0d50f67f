import { type Kamailio, startKamailio } from './kamailio';

/**
 * An edge proxy of another make in front of the switch: it puts itself into the Path of what
 * registers (RFC 3327), says where that really came from and that its flow is kept (`ob`, RFC 5626
 * §5.1), and stays in the route of every call.
 */
export function startKamailioEdge(address: string, home: string): Promise<Kamailio> {
  const [host, port] = home.split(':');
  return startKamailio({
    address,
    modules: ['path'],
    parameters: 'modparam("path", "use_received", 1)',
    routes: `
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if ($si == "${host}" && $sp == ${port}) {
    loose_route();
    xlog("L_ERR", "TO PHONE $rm $tU\\n");
    if (is_method("INVITE")) record_route();
    t_relay(); exit;
  }
  if (has_totag()) {
    if (!loose_route()) { if (is_method("ACK") && t_check_trans()) t_relay(); exit; }
    t_relay(); exit;
  }
  remove_hf("Route");
  if (is_method("REGISTER")) add_path_received("", "ob");
  else record_route();
  xlog("L_ERR", "FROM PHONE $rm\\n");
  $du = "sip:${home}";
  t_relay();
`,
  });
}
