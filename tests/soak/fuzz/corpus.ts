/** An SDP as phones write it. */
const SDP = [
  'v=0',
  'o=- 20518 0 IN IP4 203.0.113.1',
  's=-',
  'c=IN IP4 203.0.113.1',
  't=0 0',
  'm=audio 54400 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=sendrecv',
  'a=ptime:20',
  '',
].join('\r\n');

/** Further bodies: several media, ICE, DTLS, SDES, a hold, empty lines, what is no SDP. */
export const SDP_CORPUS: readonly string[] = [
  SDP,
  SDP.replace('a=sendrecv', 'a=sendonly').replace('203.0.113.1\r\nt', '0.0.0.0\r\nt'),
  `${SDP}m=video 54402 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=image 0 udptl t38\r\n`,
  SDP.replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF') +
    'a=fingerprint:sha-256 AB:CD:EF\r\na=setup:actpass\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\n' +
    'a=candidate:1 1 udp 2130706431 192.0.2.1 54400 typ host\r\na=rtcp-mux\r\n',
  SDP.replace('RTP/AVP', 'RTP/SAVP') +
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n',
  'v=0\r\no=x 1 2 IN IP6 2001:db8::1\r\ns= \r\nt=0 0\r\nm=audio 49170/2 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n',
  'v=0\r\n',
  '',
];

interface Line {
  readonly start: string;
  readonly method: string;
  readonly lines?: readonly string[];
  readonly body?: string;
  readonly to?: string;
}

function message({ start, method, lines = [], body = '', to }: Line): string {
  return [
    start,
    'Via: SIP/2.0/UDP acme-101:5060;branch=z9hG4bKBRANCH;rport',
    'Max-Forwards: 70',
    'From: "Alice" <sip:101@acme.lab.test>;tag=FROMTAG',
    `To: ${to ?? '<sip:102@acme.lab.test>'}`,
    'Call-ID: CALLID',
    `CSeq: 1 ${method}`,
    'Contact: <sip:101@acme-101:5060;transport=udp>;expires=300',
    ...lines,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

const request = (method: string, uri: string, more: Partial<Line> = {}): string =>
  message({ start: `${method} ${uri} SIP/2.0`, method, ...more });

/**
 * Requests of our clients, and the torture that RFC 4475 describes, in our own words: odd but right
 * messages, wrong ones, and right ones that ask for what nobody has. BRANCH, FROMTAG, CALLID and
 * TOTAG are filled in for each use.
 */
export const SIP_CORPUS: readonly string[] = [
  request('INVITE', 'sip:102@acme.lab.test', { body: SDP }),
  request('INVITE', 'sip:+442079460018@acme.lab.test', { body: SDP, to: '<tel:+442079460018>' }),
  request('INVITE', 'sip:102@acme.lab.test', {
    body: SDP,
    lines: [
      'Session-Expires: 1800;refresher=uac',
      'Min-SE: 90',
      'Supported: timer, 100rel, replaces, path, gruu, outbound',
      'Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, REFER, NOTIFY, INFO',
      'P-Asserted-Identity: "Boss" <sip:+12025550100@carrier.test>, <tel:+12025550100>',
      'Privacy: id;header',
      'Diversion: <sip:103@acme.lab.test>;reason=unconditional;counter=1',
      'History-Info: <sip:103@acme.lab.test>;index=1, <sip:102@acme.lab.test>;index=1.1',
      'Identity: eyJhbGciOiJFUzI1NiJ9.e30.c2ln;info=<https://cert.test/x>;alg=ES256;ppt=shaken',
      'Replaces: other-call;to-tag=7743;from-tag=6472',
      'Referred-By: <sip:109@acme.lab.test>',
      'User-Agent: Yealink SIP-T46S 66.84.0.15',
    ],
  }),
  request('REGISTER', 'sip:acme.lab.test', {
    to: '<sip:101@acme.lab.test>',
    lines: [
      'Expires: 300',
      'Supported: path, outbound, gruu',
      'Path: <sip:edge.test;lr>, <sip:edge2.test;lr>',
      'Contact: <sip:101@192.0.2.9>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"',
    ],
  }),
  request('REGISTER', 'sip:acme.lab.test', {
    to: '<sip:101@acme.lab.test>',
    lines: ['Expires: 0', 'Contact: *'],
  }),
  request('OPTIONS', 'sip:acme.lab.test'),
  request('BYE', 'sip:switch', {
    to: '<sip:102@acme.lab.test>;tag=TOTAG',
    lines: ['Reason: Q.850;cause=16'],
  }),
  request('ACK', 'sip:switch', { to: '<sip:102@acme.lab.test>;tag=TOTAG' }),
  request('CANCEL', 'sip:102@acme.lab.test'),
  request('PRACK', 'sip:switch', {
    to: '<sip:102@acme.lab.test>;tag=TOTAG',
    lines: ['RAck: 1 1 INVITE'],
  }),
  request('UPDATE', 'sip:switch', { to: '<sip:102@acme.lab.test>;tag=TOTAG', body: SDP }),
  request('INFO', 'sip:switch', {
    to: '<sip:102@acme.lab.test>;tag=TOTAG',
    lines: ['Content-Type: application/dtmf-relay'],
  }),
  request('REFER', 'sip:switch', {
    to: '<sip:102@acme.lab.test>;tag=TOTAG',
    lines: [
      'Refer-To: <sip:103@acme.lab.test?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>',
      'Refer-Sub: false',
    ],
  }),
  request('SUBSCRIBE', 'sip:102@acme.lab.test', {
    lines: ['Event: dialog', 'Accept: application/dialog-info+xml', 'Expires: 600'],
  }),
  request('NOTIFY', 'sip:switch', {
    to: '<sip:102@acme.lab.test>;tag=TOTAG',
    lines: [
      'Event: refer',
      'Subscription-State: active;expires=60',
      'Content-Type: message/sipfrag',
    ],
  }),
  // Spaces and folds wherever the grammar lets them be; compact names; a quoted escape.
  'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\nTO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\nfrom   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: CALLID\r\nContent-Length   : 0\r\ncseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\ns :\r\nNewFangledHeader:   newfangled value\r\nv:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\nm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n',
  // A method and a user of every character that a token and a user part may have.
  request(
    "!interesting-Method0123456789_*+`.%indeed'~",
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@acme.lab.test",
  ),
  // Escapes: a NUL and a line end in a user, a percent in a name.
  request('INVITE', 'sip:sips%3Auser%40example.com@acme.lab.test;other-param=%00', {
    body: SDP,
    to: '<sip:%75se%72@acme.lab.test;lr>',
  }),
  request('RE%47IST%45R', 'sip:acme.lab.test'),
  // Missing pieces, wrong pieces.
  'INVITE sip:user@acme.lab.test SIP/2.0\r\nCSeq: 193942 INVITE\r\nVia: SIP/2.0/UDP acme-101;branch=z9hG4bK.insuf\r\nl: 0\r\n\r\n',
  'OPTIONS sip:user@acme.lab.test SIP/7.0\r\nVia: SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw\r\nMax-Forwards: 70\r\nFrom: A. Bell <sip:a@b>;tag=q\r\nTo: <sip:a@b>\r\nCall-ID: CALLID\r\nCSeq: 7 OPTIONS\r\n\r\n',
  'INVITE <sip:user@acme.lab.test> SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK\r\n\r\n',
  'REGISTER sip:acme.lab.test SIP/2.0\r\nTo: sip:user@acme.lab.test\r\nFrom: sip:user@acme.lab.test;tag=998332\r\nMax-Forwards: 70\r\nCall-ID: CALLID\r\nCSeq: 36893488147419103232 REGISTER\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK.dateandtime\r\nDate: Fri, 01 Jan 2010 16:00:00 EST\r\nContact: <sip:user@host129.example.com?Route=%3Csip:sip.example.com%3E>\r\nExpires: 1000000000000000000000000000000000\r\nContact: "unterminated <sip:x>, ;;,;\r\nl:0\r\n\r\n',
  'SIP/2.0 4294967301 better not break the receiver\r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe\r\nCall-ID: CALLID\r\nCSeq: 353494 INVITE\r\nFrom: <sip:user@example.com>;tag=39ansfi3\r\nTo: <sip:user@example.edu>;tag=902jndnke3\r\nContent-Length: 0\r\n\r\n',
  'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\nCall-ID: CALLID\r\nCSeq: 1234 INVITE\r\nFrom: <sip:user@example.com>;tag=11141343\r\nTo: <sip:user@example.edu>;tag=2229\r\nContent-Length: 0\r\n\r\n',
  request('INVITE', 'nobodyKnowsThisScheme:totallyopaquecontent', { body: SDP }),
  request('OPTIONS', 'sip:acme.lab.test', {
    lines: ['Require: nothingSupportsThis, nothingSupportsThisEither', 'Proxy-Require: foo'],
  }),
  request('OPTIONS', 'sip:acme.lab.test', {
    lines: [
      'Authorization: Digest username="101", realm="acme.lab.test", nonce="x", uri="sip:a", response="y", qop=auth, nc=00000001, cnonce="c", algorithm=MD5',
      'Authorization: NoOneKnowsThisScheme opaque-data=here',
    ],
  }),
  '\r\n\r\nOPTIONS sip:a SIP/2.0\r\n\r\n',
];

/** Challenges and answers, for the digest grammar. */
export const DIGEST_CORPUS: readonly string[] = [
  'Digest realm="acme.test", nonce="abc", algorithm=SHA-256, qop="auth,auth-int", stale=true',
  'Digest username="a\\"b", realm="r", nonce="n", uri="sip:x", response="00", qop=auth, nc=00000001, cnonce="nonce=1"',
  'digest  realm = "x" ,nonce= "y",,algorithm=md5',
  'Basic dXNlcjpwYXNz',
];

/** Addresses and URIs, for their grammar. */
export const URI_CORPUS: readonly string[] = [
  'sip:alice:secret@[2001:db8::1]:5061;transport=tls;maddr=h;lr?Subject=a%20b&Route=%3Csip:x%3E',
  'sips:%41lice@host',
  'tel:+1-202-555-0100;phone-context=+1',
  '"A, \\"B\\" <c>" <sip:a@b;p=q>;tag=1;expires=3;q="0.5"',
  'sip:a@b;tag=1',
  'SIP/2.0/UDP [::1]:5060;branch=z9hG4bK1;received=1.2.3.4;rport=5;x="y,z"',
];

/** RTP, RTCP and STUN, in hex. */
export const BINARY_CORPUS: readonly string[] = [
  `8000000100000000deadbeef${'00'.repeat(160)}`,
  '90e5000100000000deadbeefbede0001ff000000aabbccdd',
  'b2650002000000a0deadbeef11111111222222220a0000040000000301000501',
  '81c8000cdeadbeef000000000000000000000000000000000000000011111111000000000000000000000000000000000000000081ca0003deadbeef0101610000000000',
  '81cb0001deadbeef',
  '80c90001deadbeef',
  '000100002112a442000102030405060708090a0b',
  '000100102112a442000102030405060708090a0b802200047465737480280004deadbeef',
];
