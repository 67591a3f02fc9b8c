import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';
import { createConnector } from './connector.ts';
import type { WayKind } from './findings.ts';
import { createWayMemory } from './way-memory.ts';
import type { Way } from './ways.ts';

const BOB = { id: '2', username: 'bob', key: 'b'.repeat(64) };
const { signal } = new AbortController();
const afterMs = { direct: 20, private: 20, 'dial-back': 20, relay: 20 } as const;
const timing = { afterMs, improveFirstMs: 5, improveLastMs: 5 };

function channel(): Channel {
  const closed = Promise.withResolvers<undefined>();
  const end = (): void => {
    closed.resolve(undefined);
  };
  const nothing = (): void => undefined;
  const rest = { receive: nothing, handBack: nothing, pause: nothing, resume: nothing, write: () => Promise.resolve() };
  const remote = { address: '192.0.2.7', port: 1 };
  return { ...rest, remote, certificate: undefined, end, destroy: end, closed: closed.promise };
}

/** Ways of which those in `working` work; `tried` notes which were begun. */
function setUp(working: Set<WayKind>) {
  const tried: WayKind[] = [];
  const way = (kind: WayKind): Way => ({
    kind,
    open: () => {
      tried.push(kind);
      if (working.has(kind)) return Promise.resolve(channel());
      return Promise.reject(new SwapmeetError('unreachable', `no ${kind}`));
    },
  });
  const clock = { nowMs: 0 };
  const connect = createConnector({
    waysTo: () => [way('direct'), way('dial-back'), way('relay')],
    memory: createWayMemory(() => clock.nowMs),
    log: pino({ level: 'silent' }),
    timing,
  });
  return { connect, tried, clock };
}

describe('a connector', () => {
  it('takes the way that worked the last time first, for a while', async () => {
    const { connect, tried, clock } = setUp(new Set<WayKind>(['dial-back']));
    for (const nowMs of [0, 1, 3_600_000]) {
      clock.nowMs = nowMs;
      const reached = await connect(BOB, signal);
      assert.equal(reached.way, 'dial-back');
      reached.destroy();
    }
    assert.deepEqual(tried, ['direct', 'dial-back', 'dial-back', 'direct', 'dial-back']);
  });

  it('ends a connection through the relay once there is a better way, which the next one takes', async () => {
    const working = new Set<WayKind>(['relay']);
    const { connect } = setUp(working);
    const relayed = [await connect(BOB, signal), await connect(BOB, signal)];
    assert.deepEqual(
      relayed.map(({ way }) => way),
      ['relay', 'relay'],
    );
    working.add('direct');
    await Promise.all(relayed.map(({ closed }) => closed));
    const better = await connect(BOB, signal);
    assert.equal(better.way, 'direct');
    better.destroy();
  });

  it('says why each way failed', async () => {
    const { connect } = setUp(new Set());
    await assert.rejects(connect(BOB, signal), {
      code: 'unreachable',
      message: "bob can't be reached; direct: no direct; dial-back: no dial-back; relay: no relay",
    });
  });
});
