import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DownloadView } from '../../control.ts';
import { createViewFeed } from './view-feed.ts';

const VIEW: DownloadView = {
  id: '1',
  name: 'a',
  sha1: '',
  sizeBytes: 100,
  verifiedBytes: 0,
  bytesPerSecond: 0,
  state: 'checking',
  path: '/a',
  liars: [],
};

describe('a view feed', () => {
  it('gives every state, also those that follow each other at once, and ends when it is over', async () => {
    let view = VIEW;
    const feed = createViewFeed(() => view);
    const seen: string[] = [];
    for await (const { state } of feed.watch(AbortSignal.timeout(5000))) {
      seen.push(state);
      if (state !== 'checking') continue;
      for (const next of ['waiting', 'downloading', 'finishing', 'done'] as const) {
        view = { ...view, state: next };
        feed.publish();
      }
    }
    assert.deepEqual(seen, ['checking', 'waiting', 'downloading', 'finishing', 'done']);
  });

  it('shows who comes late that it is over', async () => {
    const feed = createViewFeed(() => ({ ...VIEW, state: 'failed' }));
    const seen: string[] = [];
    for await (const { state } of feed.watch(AbortSignal.timeout(5000))) seen.push(state);
    assert.deepEqual(seen, ['failed']);
  });

  it('gives progress some times a second, and nothing where nothing changed', async () => {
    let view: DownloadView = { ...VIEW, state: 'downloading' };
    const feed = createViewFeed(() => view);
    const timer = setInterval(() => {
      if (view.verifiedBytes < 50) view = { ...view, verifiedBytes: view.verifiedBytes + 1 };
    }, 5);
    let count = 0;
    for await (const _ of feed.watch(AbortSignal.timeout(1100))) count += 1;
    clearInterval(timer);
    assert.ok(count >= 2 && count <= 6, `${count} views`);
  });

  it('ends with the signal', async () => {
    const feed = createViewFeed(() => VIEW);
    const stop = new AbortController();
    const seen: DownloadView[] = [];
    for await (const view of feed.watch(stop.signal)) {
      seen.push(view);
      stop.abort();
    }
    assert.deepEqual(seen, [VIEW]);
  });
});
