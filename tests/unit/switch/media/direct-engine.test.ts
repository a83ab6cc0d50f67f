import { beforeEach, describe, expect, it } from 'vitest';
import { CallMedia } from '@/lib/switch/call/call-media';
import { DirectEngine } from '@/lib/switch/media/direct-engine';

function sdp(address: string, port: number, version = 1): Buffer {
  return Buffer.from(
    `v=0\r\no=- 1 ${version} IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\n` +
      `m=audio ${port} RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n`,
  );
}

function said(from: string, to: string, body: Buffer) {
  return {
    sessionId: 'call',
    fromLegId: from,
    toLegId: to,
    sdp: body,
    signallingAddress: '192.0.2.1',
  };
}

function placeIn(body: Buffer): string {
  const text = body.toString();
  return `${/c=IN IP4 (\S+)/.exec(text)?.[1]}:${/m=audio (\d+)/.exec(text)?.[1]}`;
}

function originIn(body: Buffer): readonly string[] {
  return /o=\S+ (\d+) (\d+)/.exec(body.toString())?.slice(1) ?? [];
}

let engine = new DirectEngine();

describe('media past the switch', () => {
  beforeEach(async () => {
    engine = new DirectEngine();
    engine.createSession({ sessionId: 'call', callerLegId: 'anna', onEvent: () => undefined });
    const offered = await engine.offer(said('anna', 'bert', sdp('192.0.2.1', 4000)));
    expect(placeIn(offered)).toBe('192.0.2.1:4000');
    const answered = await engine.answer(said('bert', 'anna', sdp('198.51.100.7', 5000)));
    expect(placeIn(answered)).toBe('198.51.100.7:5000');
    engine.gate('call', 'open');
  });

  it('tells each side where the other is, under one origin of ours that counts up', async () => {
    const again = await engine.update(said('bert', 'anna', sdp('198.51.100.8', 6000, 2)));
    expect(placeIn(again)).toBe('198.51.100.8:6000');
    const back = await engine.answer(said('anna', 'bert', sdp('192.0.2.1', 4002, 2)));
    expect(placeIn(back)).toBe('192.0.2.1:4002');
    const third = await engine.update(said('bert', 'anna', sdp('198.51.100.9', 6000, 3)));
    expect(originIn(third)[0]).toBe(originIn(again)[0]);
    expect(Number(originIn(third)[1])).toBeGreaterThan(Number(originIn(again)[1]));
  });

  it('forgets an offer that was refused, and has one at a time', async () => {
    await engine.update(said('bert', 'anna', sdp('198.51.100.8', 6000, 2)));
    const second = engine.update(said('anna', 'bert', sdp('192.0.2.1', 4002, 2)));
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT' });
    engine.rollback('call');
    await engine.update(said('anna', 'bert', sdp('192.0.2.1', 4002, 2)));
  });

  it('refuses what it can not hand on, and answers to offers that nobody made', async () => {
    const none = engine.offer(said('anna', 'carl', Buffer.from('v=0\r\n')));
    await expect(none).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const stray = engine.answer(said('carl', 'anna', sdp('203.0.113.1', 1)));
    await expect(stray).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const unknown = engine.update({ ...said('anna', 'bert', sdp('192.0.2.1', 1)), sessionId: 'x' });
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('leaves nothing behind', async () => {
    await engine.offer(said('anna', 'carl', sdp('192.0.2.1', 4000)));
    expect(await engine.usage()).toMatchObject({ sessions: 1, legs: 3 });
    expect(await engine.deleteLeg('call', 'carl')).toMatchObject({ legId: 'carl', codec: null });
    const last = await engine.delete('call');
    expect(last?.legs.map(({ legId, codec }) => `${legId} ${codec}`)).toEqual([
      'anna PCMU/8000',
      'bert PCMU/8000',
    ]);
    expect(await engine.delete('call')).toBeNull();
    expect(await engine.usage()).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
  });

  it('knows the codec of a call for its record, and no figures: it hears nothing', async () => {
    const figures = await new CallMedia(engine, 'call').close();
    expect(figures.codecOf('anna')).toBe('PCMU/8000');
    expect(figures.summaryOf(['anna', 'bert'])).toBeNull();
  });
});
