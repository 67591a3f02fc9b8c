import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { pino } from 'pino';
import { openTogether, type Opened } from './opened.ts';

const LOG = pino({ level: 'silent' });

/** Opens four parts, of which two can't be closed. */
function openFour(closed: string[]): (opened: Opened) => void {
  return (opened) => {
    for (const name of ['first', 'second', 'third', 'fourth']) {
      opened.add({
        close: async () => {
          await breathe();
          closed.push(name);
          if (name === 'second' || name === 'third') throw new Error(name);
        },
      });
    }
  };
}

describe('what is opened together', () => {
  it('is closed in reverse order, once, and all of it when some of it fails', async () => {
    const closed: string[] = [];
    const whole = await openTogether(LOG, async (opened) => {
      await breathe();
      openFour(closed)(opened);
      return { name: 'whole' };
    });
    assert.equal(whole.name, 'whole');
    await assert.rejects(whole.close(), /third/);
    assert.deepEqual(closed, ['fourth', 'third', 'second', 'first']);
    await whole.close();
    assert.equal(closed.length, 4);
  });

  it('is closed when the opening fails, which says why', async () => {
    const closed: string[] = [];
    const opening = openTogether(LOG, async (opened) => {
      openFour(closed)(opened);
      await breathe();
      throw new Error('no room');
    });
    await assert.rejects(opening, /no room/);
    assert.equal(closed.length, 4);
  });
});
