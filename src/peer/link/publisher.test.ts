import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import { LIST_BYTES_MAX } from '../../protocol/limits.ts';
import { createWake } from '../wake.ts';
import { startPublisher, type PublishedList, type Publisher } from './publisher.ts';
import type { ServerLink } from './server-link.ts';

const PUBLISHED_TIMEOUT_MS = 10_000;
/** Long enough for a list to be published that should not be. */
const QUIET_MS = 40;

function entry(path: string): Entry {
  return { path, sizeBytes: 7, sha1: 'ab'.repeat(20) };
}

/** A link whose sessions begin and end as the test says, and the lists that it was given. */
function createFakeLink() {
  const listeners = new Set<() => void>();
  const begun = createWake();
  const news = new EventTarget();
  const lists: string[] = [];
  let id: string | undefined;
  const faults: Error[] = [];
  const link: Pick<ServerLink, 'online' | 'onOnline' | 'publish'> = {
    online: async (signal) => {
      while (id === undefined) await begun.wait(undefined, signal);
      return id;
    },
    onOnline: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish: (fileList) => {
      const fault = faults.shift();
      if (fault) return Promise.reject(fault);
      lists.push(Buffer.from(fileList).toString('utf8'));
      news.dispatchEvent(new Event('list'));
      return Promise.resolve();
    },
  };
  return {
    link,
    lists,
    /** Thrown by the next calls of publish. */
    faults,
    listeners,
    begin: (newId: string) => {
      id = newId;
      for (const listener of listeners) listener();
      begun.wake();
    },
    /** Resolves once so many lists were published. */
    published: async (count: number) => {
      const signal = AbortSignal.timeout(PUBLISHED_TIMEOUT_MS);
      while (lists.length < count) await once(news, 'list', { signal });
    },
  };
}

/** A list that the test changes. */
function createFakeList() {
  const wake = createWake();
  let revision = 0;
  let entries: Iterable<Entry> = [entry('m/a'), entry('m/b')];
  const list: PublishedList = {
    revision: () => revision,
    entries: () => entries,
    changed: async (since, signal) => {
      while (revision <= since) await wake.wait(undefined, signal);
    },
  };
  const change = (changed: Iterable<Entry>): void => {
    entries = changed;
    revision += 1;
    wake.wake();
  };
  return { list, change };
}

type Setting = ReturnType<typeof createFakeLink> &
  ReturnType<typeof createFakeList> & { readonly publisher: Publisher; readonly stop: AbortController };

function start(t: TestContext): Setting {
  const server = createFakeLink();
  const shared = createFakeList();
  const stop = new AbortController();
  const publisher = startPublisher({
    link: server.link,
    list: shared.list,
    log: pino({ level: 'silent' }),
    signal: stop.signal,
    retryMs: 5,
  });
  t.after(async () => {
    stop.abort();
    await publisher.finished;
  });
  return { ...server, ...shared, publisher, stop };
}

describe('the publisher', () => {
  it('sends the list once there is a session, and again when it changes', async (t) => {
    const { publisher, begin, lists, change, published } = start(t);
    assert.equal(publisher.published(), false);
    begin('id-1');
    await publisher.reached(0, t.signal);
    assert.equal(publisher.published(), true);
    assert.deepEqual(lists, [`${encodeFileList([entry('m/a'), entry('m/b')]).toString()}\n`]);

    change([]);
    assert.equal(publisher.published(), false);
    await published(2);
    assert.equal(lists[1], '');
    await sleep(QUIET_MS);
    assert.equal(lists.length, 2, 'nothing is sent that the server has');
  });

  it('sends it again to a server that came back, which may have lost it or have an older one', async (t) => {
    const { publisher, begin, lists, published } = start(t);
    begin('id-1');
    await publisher.reached(0, t.signal);
    await sleep(QUIET_MS);
    begin('id-1');
    assert.equal(publisher.published(), false);
    await published(2);
    assert.equal(lists[1], lists[0]);
    assert.equal(publisher.published(), true);
  });

  it('sends it again when the session has another id', async (t) => {
    const { publisher, begin, published } = start(t);
    begin('id-1');
    await publisher.reached(0, t.signal);
    begin('id-2');
    await published(2);
  });

  it('tries again when the list was not taken', async (t) => {
    const { publisher, begin, faults, lists } = start(t);
    faults.push(new SwapmeetError('disconnected', 'lost'), new SwapmeetError('busy', 'later'));
    begin('id-1');
    await publisher.reached(0, t.signal);
    assert.equal(lists.length, 1);
    assert.deepEqual(faults, []);
  });

  it('sends no list that is longer than a message, and goes on once it is shorter', async (t) => {
    const { begin, lists, change, published } = start(t);
    const endless = { left: 0 };
    function* tooMany(): Generator<Entry> {
      const long = entry(`m/${'x'.repeat(4_000)}`);
      endless.left = Math.ceil((2 * LIST_BYTES_MAX) / long.path.length);
      for (; endless.left > 0; endless.left -= 1) yield long;
    }
    change({ [Symbol.iterator]: tooMany });
    begin('id-1');
    while (endless.left === 0) await sleep(1);
    const begunAt = endless.left;
    change([entry('m/short')]);
    await published(1);
    assert.ok(endless.left > 0 && endless.left < begunAt, 'no more of it was read than fits');
    assert.match(lists[0] ?? '', /^m\/short\|/);
  });

  it('ends with its signal, waiting or not, and is told of nothing any more', async (t) => {
    const waiting = start(t);
    waiting.stop.abort();
    await waiting.publisher.finished;
    const idle = start(t);
    idle.begin('id-1');
    await idle.publisher.reached(0, t.signal);
    idle.stop.abort();
    await idle.publisher.finished;
    assert.deepEqual([waiting.listeners.size, idle.listeners.size], [0, 0]);
  });
});

describe('who waits for a list to be published', () => {
  it('waits for the revision', async (t) => {
    const { publisher, begin, change, lists } = start(t);
    begin('id-1');
    await publisher.reached(0, t.signal);
    const reached = publisher.reached(1, t.signal);
    change([entry('m/c')]);
    await reached;
    assert.equal(lists.length, 2);
  });

  it('is told why when its signal aborts', async (t) => {
    const { publisher } = start(t);
    const stop = new AbortController();
    const reason = new SwapmeetError('shutting-down', 'this peer stops');
    const waiting = assert.rejects(publisher.reached(0, stop.signal), reason);
    stop.abort(reason);
    await waiting;
    assert.deepEqual(getEventListeners(stop.signal, 'abort'), []);
  });

  it('leaves nothing at a signal that lasts', async (t) => {
    const { publisher, begin } = start(t);
    const { signal } = new AbortController();
    const waiting = Promise.all(Array.from({ length: 20 }, () => publisher.reached(0, signal)));
    begin('id-1');
    await waiting;
    await publisher.reached(0, signal);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});
