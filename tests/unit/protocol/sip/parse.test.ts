import { describe, expect, it } from 'vitest';
import { parseMessage } from '@/lib/protocol/sip/parse';
import { INVITE_LINES, read, readRequest, readResponse, spoilt, wire } from './wire';

describe('the parser', () => {
  it('reads an ordinary request', () => {
    const request = readRequest(wire([...INVITE_LINES, 'Content-Length: 4'], 'v=0\n'));
    expect(request.method).toBe('INVITE');
    expect(request.uri).toBe('sip:102@acme.test');
    expect(request.callId).toBe('a84b4c76e66710@192.0.2.1');
    expect(request.cseq).toEqual({ sequence: 314159, method: 'INVITE' });
    expect(request.from.displayName).toBe('Alice');
    expect(request.fromTag).toBe('1928301774');
    expect(request.toTag).toBe('');
    expect(request.via.params.get('branch')).toBe('z9hG4bK776asdhds');
    expect(request.maxForwards).toBe(70);
    expect(request.body.toString()).toBe('v=0\n');
  });

  it('reads a response, also one whose reason phrase is empty or holds anything', () => {
    const lines = INVITE_LINES.slice(1, 7);
    expect(readResponse(wire(['SIP/2.0 200 OK', ...lines])).status).toBe(200);
    expect(readResponse(wire(['SIP/2.0 100 ', ...lines])).reason).toBe('');
    const odd = '= 2**3 * 5**2 \xd0\xbd\xd0\xb5 \xe2\x80\x93';
    expect(readResponse(wire([`SIP/2.0 200 ${odd}`, ...lines])).reason).toBe(odd);
  });

  it('takes no name for another that begins, ends and is as long alike', () => {
    const request = readRequest(wire([...INVITE_LINES, 'Cxxtact: <sip:a@b>', 'Rxquire: c']));
    expect(request.header('cxxtact')).toBe('<sip:a@b>');
    expect(request.headers('require')).toEqual([]);
  });

  it('finds headers by any spelling, and by their compact forms', () => {
    const request = readRequest(
      wire([
        'INVITE sip:102@acme.test SIP/2.0',
        'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa',
        'f: <sip:101@acme.test>;tag=1',
        't:<sip:102@acme.test>',
        'i: one@two',
        'CSEQ: 1 INVITE',
        'm: <sip:101@192.0.2.1>',
        'X-Own: yes',
        'l: 0',
      ]),
    );
    expect(request.header('Call-ID')).toBe('one@two');
    expect(request.header('i')).toBe('one@two');
    expect(request.headers('Contact')).toEqual(['<sip:101@192.0.2.1>']);
    expect(request.header('x-own')).toBe('yes');
    expect(request.header('x-other')).toBeUndefined();
  });

  it.each([
    ['a', 'Accept-Contact'],
    ['b', 'Referred-By'],
    ['c', 'Content-Type'],
    ['d', 'Request-Disposition'],
    ['e', 'Content-Encoding'],
    ['j', 'Reject-Contact'],
    ['k', 'Supported'],
    ['n', 'Identity-Info'],
    ['o', 'Event'],
    ['r', 'Refer-To'],
    ['s', 'Subject'],
    ['u', 'Allow-Events'],
    ['x', 'Session-Expires'],
    ['y', 'Identity'],
  ])('%s is %s, as the registry of header fields has it', (compact, name) => {
    for (const spelling of [compact, compact.toUpperCase()]) {
      const request = readRequest(spoilt({ [spelling]: `${spelling}: value` }));
      expect(request.header(name)).toBe('value');
      expect(request.header(compact)).toBe('value');
    }
  });

  it('unfolds values and tolerates the white space of RFC 4475 §3.1.1.1', () => {
    const request = readRequest(
      wire(
        [
          'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0',
          'TO :',
          ' sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n',
          'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
          '  ;',
          '  tag = 98asjd8',
          'MaX-fOrWaRdS: 0068',
          'Call-ID: wsinv.ndaksdj@192.0.2.1',
          'Content-Length   : 4',
          'cseq: 0009',
          '  INVITE',
          'Via  : SIP  /   2.0',
          ' /UDP',
          '    192.0.2.2;branch=390skdjuw',
          's :',
          'NewFangledHeader:   newfangled value',
          ' continued newfangled value',
          'UnknownHeaderWithUnusualValue: ;;,,;;,;',
          'Content-Type: application/sdp',
          'Route:',
          ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
          'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
          '  branch  =   z9hG4bK9ikj8  ,',
          ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
          ' z9hG4bK30239',
          'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
          '      newvalue ;',
          '  secondparam ; q = 0.33',
        ],
        'v=0\n',
      ),
    );
    expect(request.from.displayName).toBe('J Rosenberg \\"');
    expect(request.toTag).toBe('1918181833n');
    expect(request.fromTag).toBe('98asjd8');
    expect(request.maxForwards).toBe(68);
    expect(request.cseq).toEqual({ sequence: 9, method: 'INVITE' });
    expect(request.header('newfangledheader')).toBe('newfangled value continued newfangled value');
    expect(request.headers('via')).toHaveLength(3);
    expect(request.headers('route')).toEqual([
      '<sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
    ]);
  });

  it('splits list headers at commas, but never inside quotes or brackets, nor Authorization', () => {
    const request = readRequest(
      spoilt({
        contact: 'Contact: "a, b" <sip:1@a.test?x=1,2>;q=1, <sip:2@a.test>',
        authorization: 'Authorization: Digest username="a", realm="b, c"',
      }),
    );
    expect(request.headers('contact')).toEqual([
      '"a, b" <sip:1@a.test?x=1,2>;q=1',
      '<sip:2@a.test>',
    ]);
    expect(request.headers('authorization')).toEqual(['Digest username="a", realm="b, c"']);
  });

  it('keeps bytes that are not UTF-8 as they came', () => {
    const request = readRequest(spoilt({ subject: 'Subject: \xff\xfe\x80' }));
    expect(request.header('subject')).toBe('\xff\xfe\x80');
  });

  it('ignores CRLFs before the start line', () => {
    expect(readRequest(Buffer.concat([Buffer.from('\r\n\r\n'), spoilt({})])).method).toBe('INVITE');
  });

  it('cuts a datagram at Content-Length and ignores the rest', () => {
    const request = readRequest(spoilt({ l: 'Content-Length: 3' }, 'abcdef'));
    expect(request.body.toString()).toBe('abc');
  });

  it('takes the rest of a datagram as body where Content-Length is absent', () => {
    expect(readRequest(spoilt({}, 'abcdef')).body.toString()).toBe('abcdef');
  });

  it('counts the body in bytes, not in characters', () => {
    const body = Buffer.from('Grüße, 世界', 'utf8');
    const head = spoilt({ l: `Content-Length: ${body.length}` });
    expect(readRequest(Buffer.concat([head, body])).body.equals(body)).toBe(true);
  });
});

describe('what the parser and the validator refuse', () => {
  const refused = (bytes: Buffer, reason: RegExp) => {
    const { defect } = read(bytes);
    expect(defect?.reason).toMatch(reason);
    return defect;
  };

  it.each([
    ['l: 5', 'Content-Length: 5', /Exceeds/],
    ['signed', 'Content-Length: +3', /Malformed Content-Length/],
    ['negative', 'Content-Length: -3', /Malformed Content-Length/],
    ['spaced', 'Content-Length: 3 3', /Malformed Content-Length/],
    ['hex', 'Content-Length: 0x3', /Malformed Content-Length/],
    ['empty', 'Content-Length:', /Malformed Content-Length/],
  ])('a Content-Length that is wrong or too long (%s)', (_, line, reason) => {
    refused(spoilt({ l: line }, 'abc'), reason);
  });

  it.each(['via', 'from', 'to', 'call-id', 'cseq'])('a request without %s', (name) => {
    refused(spoilt({ [name]: undefined }), new RegExp(`Missing ${name}`));
  });

  it.each([
    'Call-ID: second',
    'i: second',
    'From: <sip:1@a.test>;tag=2',
    'To: <sip:1@a.test>',
    'CSeq: 2 INVITE',
    'Max-Forwards: 1',
  ])('a second single-value header: %s', (line) => {
    refused(wire([...INVITE_LINES, line]), /Duplicate/);
  });

  it('a second Content-Length in its compact form', () => {
    refused(wire([...INVITE_LINES, 'Content-Length: 3', 'l: 0'], 'abc'), /Duplicate/);
  });

  it.each([
    'CSeq: 2147483648 INVITE',
    'CSeq: 36893488147419103232 INVITE',
    'CSeq: -1 INVITE',
    'CSeq: 1.5 INVITE',
    'CSeq: INVITE',
    'CSeq: 1',
  ])('a CSeq out of range or shape: %s', (line) => {
    refused(spoilt({ cseq: line }), /Malformed CSeq/);
  });

  it('a CSeq of another method', () => {
    refused(spoilt({ cseq: 'CSeq: 1 OPTIONS' }), /CSeq Method Mismatch/);
  });

  it('a version that we do not speak, with 505', () => {
    const defect = refused(spoilt({ start: 'INVITE sip:102@acme.test SIP/7.0' }), /Version/);
    expect(defect?.status).toBe(505);
  });

  it.each([
    'INVITE <sip:102@acme.test> SIP/2.0',
    'INVITE sip:102@acme.test; lr SIP/2.0',
    'INVITE  sip:102@acme.test SIP/2.0',
    'INVITE sip:102%zz@acme.test SIP/2.0',
    'INVITE sip:102%00@acme.test SIP/2.0',
    'INVITE sip:102@acme..test:99999 SIP/2.0',
    'INVITE 102 SIP/2.0',
  ])('a broken Request-URI: %s', (start) => {
    refused(spoilt({ start }), /Malformed Request-URI/);
  });

  it('a URI of another scheme passes: its user answers 416', () => {
    expect(read(spoilt({ start: 'INVITE nobodyknows:stuff SIP/2.0' })).defect).toBeUndefined();
  });

  it.each([
    'From: "Alice <sip:101@acme.test>;tag=1',
    'From: Bell, Alexander <sip:a@acme.test>;tag=43',
    'From: <sip:101@acme.test;tag=1',
    'From: sip:101@acme.test?a=b;tag=1',
    'From: <sip:101@acme.test>;tag=1;tag=2',
    'From: <sip:101@acme.test>;tag=',
    'From: ',
  ])('a broken From: %s', (line) => {
    refused(spoilt({ from: line }), /Malformed from/);
  });

  it.each([
    'Via: SIP/2.0/UDP',
    'Via: SIP/7.0/UDP 192.0.2.1',
    'Via: SIP/2.0/UDP 192.0.2.1:0;branch=z9hG4bKa',
    'Via: SIP/2.0/UDP 192.0.2.1:70000;branch=z9hG4bKa',
    'Via: SIP/2.0/UDP 192.0.2.1;branch=a;branch=b',
  ])('a broken Via: %s', (line) => {
    refused(spoilt({ via: line }), /Malformed Via/);
  });

  it('more Vias than hops are allowed', () => {
    const vias = Array.from({ length: 71 }, (_, n) => `SIP/2.0/UDP h${n};branch=z9hG4bK${n}`);
    refused(spoilt({ via: `Via: ${vias.join(',')}` }), /Too Many Vias/);
  });

  it.each(['Max-Forwards: 256', 'Max-Forwards: -1', 'Max-Forwards: seventy'])('%s', (line) => {
    refused(spoilt({ 'max-forwards': line }), /Malformed Max-Forwards/);
  });

  it.each([
    ['Call-ID', { 'call-id': `Call-ID: ${'c'.repeat(513)}` }, /Call-ID Too Long/],
    ['branch', { via: `Via: SIP/2.0/UDP a;branch=z9hG4bK${'b'.repeat(513)}` }, /Branch Too Long/],
    ['tag', { from: `From: <sip:a@b>;tag=${'t'.repeat(513)}` }, /Malformed from tag/],
  ])('a %s that would fill the tables', (_, lines, reason) => {
    refused(spoilt(lines), reason);
  });

  it('a NUL, a bare CR or a bare LF in the headers', () => {
    for (const bad of ['a\0b', 'a\nEvil: 1', 'a\rEvil: 1']) {
      refused(spoilt({ subject: `Subject: ${bad}` }), /Stray Control/);
    }
  });

  it('a header line without a colon, or with a space in its name', () => {
    refused(spoilt({ x: 'this is no header' }), /Malformed Header Line/);
    refused(spoilt({ x: 'Two Words: x' }), /Malformed Header Line/);
    refused(spoilt({ x: ': x' }), /Malformed Header Line/);
  });

  it('a message whose headers never end', () => {
    refused(Buffer.from(INVITE_LINES.join('\r\n'), 'latin1'), /Missing End Of Headers/);
  });

  it('more header lines than any message has', () => {
    refused(wire([...INVITE_LINES, ...Array<string>(600).fill('X: 1')]), /Too Many Headers/);
  });

  it('headers beyond 64 kB, without looking at them', () => {
    const huge = parseMessage(spoilt({ x: `X: ${'a'.repeat(70_000)}` }), 'udp');
    expect(huge).toEqual({ ok: false, reason: 'headers too large' });
  });

  it('what has no SIP start line, or is empty', () => {
    for (const text of ['\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', '\0\0\0\0', 'x']) {
      expect(parseMessage(Buffer.from(text, 'latin1'), 'udp').ok).toBe(false);
    }
  });

  it('a response that was meant for somebody behind us', () => {
    const lines = ['SIP/2.0 200 OK', ...INVITE_LINES.slice(1, 7), 'Via: SIP/2.0/UDP other'];
    refused(wire(lines), /Not For Us/);
  });

  it('a stream message without Content-Length', () => {
    expect(read(spoilt({}), 'tcp').defect?.reason).toBe('Missing Content-Length');
  });

  it('takes no longer for hostile input than for ordinary input of its size', () => {
    const nasty = [
      `From: ${'"\\'.repeat(15_000)}`,
      `From: ${'<'.repeat(30_000)}`,
      `From: ${' '.repeat(30_000)}x`,
      `Via: ${'SIP / 2.0 / '.repeat(2_500)}`,
      `Via: ${' ;'.repeat(15_000)}`,
      `CSeq: 1${' \t'.repeat(15_000)}`,
      `Contact: ${','.repeat(30_000)}`,
      `Subject: ${'\r\n '.repeat(480)}`,
    ];
    const startMs = performance.now();
    for (const line of nasty) {
      const { message } = read(wire([...INVITE_LINES, line]));
      message.headers('contact');
      message.header('subject');
      read(spoilt({ [line.slice(0, line.indexOf(':'))]: line }));
    }
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});
