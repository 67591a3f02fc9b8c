import { SwapmeetError } from '../domain/errors.ts';
import type { NetworkTotals } from '../protocol/codecs/network.ts';
import { COSTLY } from './query-pass.ts';
import { QUERY_DEADLINE_MS } from './query-lanes.ts';
import type { ContentTotals } from './query/network-totals.ts';

/** A count is given again for so many times as long as it took: so counting takes a small part of a thread's time, whoever asks. */
const GOOD_FOR = 20;

export type NetworkCountsOptions = {
  /** All figures, if they can be had in a moment. */
  readonly quickly: (nowMs: number) => Promise<NetworkTotals | typeof COSTLY>;
  readonly accounts: (nowMs: number) => Promise<Omit<NetworkTotals, keyof ContentTotals>>;
  /** Looks at every entry, which may take many seconds, on a thread for which no query waits. */
  readonly count: () => Promise<ContentTotals>;
  /** ms, by a clock that goes steadily */
  readonly now?: () => number;
  readonly deadlineMs?: number;
};

/**
 * The figures of a network of any size: where the contents can't be counted in a moment, they are as they were a while ago.
 *
 * @throws SwapmeetError `timeout` where there is no count yet: it goes on, for who asks again
 */
export function createNetworkCounts(options: NetworkCountsOptions): (nowMs: number) => Promise<NetworkTotals> {
  const { quickly, accounts, count, now = () => performance.now(), deadlineMs = QUERY_DEADLINE_MS } = options;
  let last: { readonly totals: ContentTotals; readonly atMs: number; readonly tookMs: number } | undefined;
  let counting: Promise<ContentTotals> | undefined;

  async function countAnew(): Promise<ContentTotals> {
    const startMs = now();
    const totals = await count();
    last = { totals, atMs: now(), tookMs: now() - startMs };
    return totals;
  }

  function lastGood(): ContentTotals | undefined {
    return last && now() - last.atMs < last.tookMs * GOOD_FOR ? last.totals : undefined;
  }

  async function counted(): Promise<ContentTotals> {
    counting ??= countAnew().finally(() => {
      counting = undefined;
    });
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      late.resolve(undefined);
    }, deadlineMs);
    try {
      const totals = (await Promise.race([counting, late.promise])) ?? last?.totals;
      if (totals) return totals;
    } finally {
      clearTimeout(timer);
    }
    throw new SwapmeetError('timeout', 'the contents of this network are still being counted: ask again in a minute');
  }

  return async (nowMs) => {
    const good = lastGood();
    // Known to take long.
    const all = good || counting ? COSTLY : await quickly(nowMs);
    if (all !== COSTLY) return all;
    return { ...(await accounts(nowMs)), ...(good ?? (await counted())) };
  };
}
