import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createListServer, type ListServer } from '../../../test/support/list-server.ts';
import { createShareStore, type ShareStore } from '../../../test/support/share-store.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { createWake } from '../wake.ts';
import { startPublisher, type Publisher } from './publisher.ts';
import type { ServerLink } from './server-link.ts';

/** Long enough for something to be sent that should not be. */
const QUIET_MS = 40;

/** A link whose sessions begin as the test says. */
function createFakeLink(call: ServerLink['call']) {
  const listeners = new Set<() => void>();
  const begun = createWake();
  let id: string | undefined;
  const link: Pick<ServerLink, 'online' | 'onOnline' | 'call'> = {
    online: async (signal) => {
      while (id === undefined) await begun.wait(undefined, signal);
      return id;
    },
    onOnline: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    call,
  };
  const begin = (newId: string): void => {
    id = newId;
    for (const listener of listeners) listener();
    begun.wake();
  };
  return { link, listeners, begin };
}

type Setting = ListServer &
  ShareStore &
  Pick<ReturnType<typeof createFakeLink>, 'listeners' | 'begin'> & {
    readonly publisher: Publisher;
    readonly stop: AbortController;
    /** Resolves once the server has the list as it is. */
    readonly settled: () => Promise<void>;
  };

function start(t: TestContext): Setting {
  const server = createListServer();
  const store = createShareStore();
  const { link, listeners, begin } = createFakeLink(server.call);
  const stop = new AbortController();
  store.put('m/a');
  store.put('m/b');
  const publisher = startPublisher({
    link,
    list: store.list,
    log: pino({ level: 'silent' }),
    signal: stop.signal,
    retryMs: 5,
  });
  t.after(async () => {
    stop.abort();
    await publisher.finished;
  });
  const settled = async (): Promise<void> => {
    while (!publisher.published()) await sleep(1, undefined, { signal: t.signal });
    assert.deepEqual(server.lines(), store.lines());
  };
  return { ...server, ...store, lines: server.lines, listeners, begin, publisher, stop, settled };
}

describe('the publisher', () => {
  it('sends the list once there is a session, then what changes', async (t) => {
    const { publisher, begin, names, put, remove, settled } = start(t);
    assert.equal(publisher.published(), false);
    begin('id-1');
    await publisher.reached(0, t.signal);
    await settled();
    assert.deepEqual(names.splice(0), ['LIST_STATE', 'LIST_PART', 'LIST_COMMIT']);

    put('m/c');
    remove('m/a');
    assert.equal(publisher.published(), false);
    await settled();
    await sleep(QUIET_MS);
    assert.deepEqual([...new Set(names)], ['LIST_STATE', 'LIST_DELTA'], 'nothing is sent that the server has');
  });

  it('asks a server that came back what it has, and sends what it lost', async (t) => {
    const { begin, names, lose, settled } = start(t);
    begin('id-1');
    await settled();
    names.length = 0;
    begin('id-1');
    await settled();
    assert.deepEqual(names.splice(0), ['LIST_STATE']);
    lose();
    begin('id-2');
    await settled();
    assert.deepEqual(names, ['LIST_STATE', 'LIST_PART', 'LIST_COMMIT']);
  });

  it('tries again when something was not taken', async (t) => {
    const { begin, faults, settled } = start(t);
    faults.push('before', undefined, 'before', undefined, 'after', undefined, 'after');
    begin('id-1');
    await settled();
    assert.deepEqual(faults, []);
  });

  it('ends with its signal, waiting or not, and is told of nothing any more', async (t) => {
    const waiting = start(t);
    waiting.stop.abort();
    await waiting.publisher.finished;
    const idle = start(t);
    idle.begin('id-1');
    await idle.settled();
    idle.stop.abort();
    await idle.publisher.finished;
    assert.deepEqual([waiting.listeners.size, idle.listeners.size], [0, 0]);
  });
});

describe('who waits for a list to be published', () => {
  it('waits for the revision', async (t) => {
    const { publisher, begin, put, list, lines } = start(t);
    begin('id-1');
    await publisher.reached(0, t.signal);
    const reached = publisher.reached(list.revision() + 1, t.signal);
    put('m/c');
    await reached;
    assert.equal(lines().length, 3);
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
