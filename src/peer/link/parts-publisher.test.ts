import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { PARTS_MAX } from '../../protocol/limits.ts';
import { startPartsPublisher, type PartsPublisherOptions } from './parts-publisher.ts';

type Told = { readonly paths: readonly string[]; readonly reply: PromiseWithResolvers<undefined> };

/** A publisher, what it tells the server, and the parts that it tells of. */
function setStage(test: TestContext) {
  const told: Told[] = [];
  const changed = new Set<() => void>();
  const online = new Set<() => void>();
  let waiting = Promise.withResolvers<undefined>();
  let entries: readonly Entry[] = [];
  const link: PartsPublisherOptions['link'] = {
    online: () => Promise.resolve('id'),
    onOnline: listen(online),
    call: (name, request) => {
      assert.equal(name, 'PARTS');
      const reply = Promise.withResolvers<undefined>();
      const { entries: sent } = request as { readonly entries: readonly Entry[] };
      told.push({ paths: sent.map(({ path }) => path), reply });
      waiting.resolve(undefined);
      waiting = Promise.withResolvers();
      return reply.promise as never;
    },
  };
  const parts = { list: () => entries.map((entry) => ({ entry })), onChange: listen(changed) };
  const publisher = startPartsPublisher({ link, parts, log: pino({ level: 'silent' }), retryMs: 1 });
  test.after(() => publisher.close());
  return {
    told,
    publisher,
    setParts: (...paths: readonly string[]): void => {
      entries = paths.map((path) => ({ path, sizeBytes: 1, sha1: 'a'.repeat(40) }));
      for (const listener of changed) listener();
    },
    beginSession: (): void => {
      for (const listener of online) listener();
    },
    until: async (count: number): Promise<Told> => {
      while (told.length < count) await waiting.promise;
      return told[count - 1] ?? assert.fail();
    },
  };
}

function listen(listeners: Set<() => void>) {
  return (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

describe('the publisher of parts', () => {
  it('tells what changes while it tells in one more message', async (test) => {
    const { until, setParts, told } = setStage(test);
    setParts('one');
    const first = await until(1);
    setParts('one', 'two');
    setParts('two', 'three');
    assert.equal(told.length, 1);
    first.reply.resolve(undefined);
    const second = await until(2);
    second.reply.resolve(undefined);
    assert.deepEqual([first.paths, second.paths], [['one'], ['two', 'three']]);
  });

  it('tells a new session, if there is anything to tell', async (test) => {
    const { until, setParts, beginSession, told } = setStage(test);
    beginSession();
    setParts('one');
    (await until(1)).reply.resolve(undefined);
    beginSession();
    const again = await until(2);
    again.reply.resolve(undefined);
    assert.deepEqual(again.paths, ['one']);
    assert.equal(told.length, 2);
  });

  it('tells again what was not taken, and no more than the server takes', async (test) => {
    const { until, setParts } = setStage(test);
    setParts(...Array.from({ length: PARTS_MAX + 5 }, (_, number) => String(number)));
    (await until(1)).reply.reject(new SwapmeetError('busy', 'later'));
    const again = await until(2);
    again.reply.resolve(undefined);
    assert.equal(again.paths.length, PARTS_MAX);
  });

  it('ends while it waits for anything', async (test) => {
    const { until, setParts, publisher } = setStage(test);
    setParts('one');
    const first = await until(1);
    const closing = publisher.close();
    first.reply.reject(new SwapmeetError('disconnected', 'gone'));
    await closing;
  });
});
