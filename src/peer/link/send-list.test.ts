import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import fc from 'fast-check';
import { createListServer, type ListServer } from '../../../test/support/list-server.ts';
import { createShareStore, type ShareStore } from '../../../test/support/share-store.ts';
import { sendChanges, sendList } from './send-list.ts';

/** So many of these fill three parts and begin a fourth. */
const LONG_PATHS = 3_000;
const MANY_FILES = 10_000;

function longPath(at: number): string {
  return `s/${`${'x'.repeat(200)}/`.repeat(5)}${String(at).padStart(6, '0')}`;
}

function longPaths(): string[] {
  return Array.from({ length: LONG_PATHS }, (_, at) => longPath(at));
}

/** What the publisher does once. */
async function publish(server: ListServer, { list }: ShareStore): Promise<{ parts?: number; resumedAt?: number }> {
  const state = await server.call('LIST_STATE', { id: 'id' });
  if (state.revision === list.publication.revision()) {
    await sendChanges(server, list.publication, state.revision);
    return {};
  }
  const sent = await sendList(server, list, state.upload);
  await sendChanges(server, list.publication, sent.revision);
  while (list.publication.trim());
  return sent;
}

async function publishInSpiteOfFaults(server: ListServer, store: ShareStore): Promise<void> {
  for (;;) {
    try {
      await publish(server, store);
      return;
    } catch {
      store.restart();
    }
  }
}

describe('a list', () => {
  it('is sent whole at first, then by its changes, and not at all when nothing changed', async () => {
    const server = createListServer();
    const store = createShareStore();
    for (const path of ['s/a', 's/b', 's/c']) store.put(path);
    await publish(server, store);
    assert.deepEqual(server.lines(), store.lines());
    assert.equal(server.linesSent(), 3);

    store.put('s/b', 'other');
    store.remove('s/c');
    store.put('s/d');
    await publish(server, store);
    assert.deepEqual(server.lines(), store.lines());
    assert.equal(server.linesSent(), 6);

    store.restart();
    server.names.length = 0;
    await publish(server, store);
    assert.deepEqual(server.names, ['LIST_STATE']);
  });

  it('may be empty', async () => {
    const server = createListServer();
    await publish(server, createShareStore());
    assert.deepEqual(server.names, ['LIST_STATE', 'LIST_PART', 'LIST_COMMIT']);
    assert.deepEqual(server.lines(), []);
  });

  it('goes in parts, and on where it broke off', async () => {
    const server = createListServer();
    const store = createShareStore();
    store.putMany(longPaths());
    server.faults.push(undefined, undefined, undefined, 'after');
    await assert.rejects(publish(server, store), { code: 'disconnected' });
    // Before and behind where it broke off.
    store.put('s/a');
    store.remove(longPath(LONG_PATHS - 1));
    store.restart();
    const { parts, resumedAt } = await publish(server, store);
    assert.deepEqual({ parts, resumedAt }, { parts: 4, resumedAt: 3 });
    assert.deepEqual(server.lines(), store.lines());
    assert.ok(server.linesSent() <= LONG_PATHS + 2, 'nothing was sent twice');
  });

  it('begins anew where the server lost the parts, or has others', async () => {
    const server = createListServer();
    const store = createShareStore();
    store.putMany(longPaths());
    server.faults.push(undefined, undefined, 'after');
    await assert.rejects(publish(server, store));
    server.lose();
    await server.call('LIST_PART', { token: 'other', part: 1, fileList: Buffer.from(store.lines()[0] ?? '') });
    const { parts, resumedAt } = await publish(server, store);
    assert.deepEqual({ parts, resumedAt }, { parts: 4, resumedAt: 0 });
    assert.deepEqual(server.lines(), store.lines());
  });

  it('is sent whole again where the reply to changes was lost, or the server’s list', async () => {
    for (const spoil of [
      (server: ListServer) => void server.faults.push(undefined, 'after'),
      (server: ListServer) => {
        server.lose();
      },
    ]) {
      const server = createListServer();
      const store = createShareStore();
      store.put('s/a');
      await publish(server, store);
      store.put('s/b');
      spoil(server);
      await publishInSpiteOfFaults(server, store);
      assert.ok(server.names.slice(3).includes('LIST_COMMIT'));
      assert.deepEqual(server.lines(), store.lines());
    }
  });

  it('is the same on both sides in the end, whatever changed, failed or was lost on the way', async () => {
    const paths = fc.integer({ min: 0, max: 9 }).map((at) => `s/${at}`);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ put: paths, content: fc.constantFrom('a', 'b') }) },
      { weight: 2, arbitrary: fc.record({ remove: paths }) },
      fc.record({ publish: fc.array(fc.constantFrom('before', 'after', undefined), { maxLength: 4 }) }),
      fc.constant({ lose: true as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const server = createListServer();
        const store = createShareStore();
        for (const done of steps) {
          if ('put' in done) store.put(done.put, done.content);
          else if ('remove' in done) store.remove(done.remove);
          else if ('lose' in done) server.lose();
          else {
            server.faults.push(...done.publish);
            await publishInSpiteOfFaults(server, store);
            assert.deepEqual(server.lines(), store.lines());
          }
        }
        server.faults.length = 0;
        await publishInSpiteOfFaults(server, store);
        assert.deepEqual(server.lines(), store.lines());
      }),
    );
  });

  it('of many files leaves the event loop its turns while it is encoded', async () => {
    const store = createShareStore();
    store.putMany(Array.from({ length: MANY_FILES }, (_, at) => `share/folder ${at % 500}/file number ${at}.flac`));
    let turns = 0;
    const state = { going: true };
    const turning = (async () => {
      for (; state.going; turns += 1) await breathe();
    })();
    await publish(createListServer(), store);
    state.going = false;
    await turning;
    assert.ok(turns >= MANY_FILES / 500, `${turns} turns`);
  });
});
