import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import pino from 'pino';
import { loggedIn } from '../../../test/support/logged-in.ts';
import { createKeyedLock } from '../../domain/keyed-lock.ts';
import type { Standing } from '../standing/standing.ts';
import { seen } from './seen.ts';

test('what was left out of the watches of a peer is looked for one watch after the other', async () => {
  let [running, most] = [0, 0];
  const looked = Promise.withResolvers<undefined>();
  const left = new Set(['1', '2', '3']);
  const answers: Readonly<Record<string, (watch: unknown) => unknown>> = {
    seen: () => ({ leftOut: 'needle' }),
    found: () => ({ isNew: false, hasRoom: true }),
    looked: (watch) => {
      left.delete(String(watch));
      if (left.size === 0) looked.resolve(undefined);
    },
  };
  const context = {
    catalog: {
      find: async () => {
        running += 1;
        most = Math.max(most, running);
        await breathe();
        running -= 1;
        return { rows: [], total: 0, bounded: false };
      },
    },
    standing: {
      call: ((name, args) => Promise.resolve(answers[name]?.(args[0]))) as Standing['call'],
      close: () => Promise.resolve(),
      published: () => undefined,
      waiting: () => Promise.resolve([]),
      onNews: () => undefined,
    },
    looks: createKeyedLock(),
    log: pino({ enabled: false }),
    now: () => 0,
  };
  await Promise.all([...left].map((watch) => seen(context, loggedIn('ann'), { watch, mark: 1 })));
  await looked.promise;
  assert.equal(most, 1);
});
