import { expect, it } from 'vitest';
import { createRequest } from '@/lib/protocol/sip/build';
import { serialize } from '@/lib/protocol/sip/serialize';
import { MAX_DIALOGS } from '@/lib/switch/router';
import { House } from '@/tests/unit/switch/house';

it('beyond the cap on dialogs new calls are told to wait, and phones go on registering', () => {
  const house = new House();
  const idle = { isIn: () => true, onRequest() {}, onAck() {} };
  for (let n = 0; n < MAX_DIALOGS; n += 1) house.dialogs.set(`dialog ${n}`, idle);
  let asked = 0;
  const ask = (method: string): string => {
    asked += 1;
    const request = createRequest({
      method,
      uri: 'sip:102@acme.test',
      headers: {
        via: `SIP/2.0/UDP desk;branch=z9hG4bK${asked}`,
        from: '<sip:101@acme.test>;tag=a',
        to: '<sip:102@acme.test>',
        'call-id': `call-${asked}`,
        cseq: `1 ${method}`,
        contact: '<sip:101@desk>',
      },
    });
    house.network.log.length = 0;
    house.receive(serialize(request), house.network.flow('server', 'desk'));
    return house.network.log.join();
  };
  expect(ask('INVITE')).toMatch(/^SIP\/2\.0 503 [\s\S]*\r\nRetry-After: 5\r\n/);
  expect(ask('OPTIONS')).toMatch(/^SIP\/2\.0 200 /);
  house.dialogs.delete('dialog 0');
  // The house has no calls: its admission says 488.
  expect(ask('INVITE')).toMatch(/^SIP\/2\.0 488 /);
  expect(house.phone('acme-101', 'desk').register().status).toBe(200);
});
