import type { FindPage } from '../../../protocol/codecs/find.ts';
import type { NetworkTotals } from '../../../protocol/codecs/network.ts';
import type { Reach } from '../../../protocol/codecs/search.ts';
import type { PageRequest } from '../../../protocol/codecs/page.ts';
import { createVisibility } from '../../address-scope.ts';
import { search, type PeerAddress } from '../../query/answer.ts';
import { browse } from '../../query/browse.ts';
import { find } from '../../query/find.ts';
import { folder } from '../../query/folder.ts';
import { countContents } from '../../query/network-totals.ts';
import { sources } from '../../query/sources.ts';
import { answerWithin, type COSTLY, type QueryPass } from '../../query-pass.ts';
import { createPeerKeys } from '../peer-keys.ts';
import type { Database } from '../database.ts';
import { createAccountTotals } from '../listing.ts';
import type { IndexReader } from './index-reader.ts';

type AddressRow = { readonly address: string | null; readonly port: number | null; readonly key: string | null };

/** Answers what is asked of the entries. */
export function createIndexQueries(database: Database, index: IndexReader) {
  const peerKeyOf = createPeerKeys(database);
  const selectAddress = database.prepare<[number], AddressRow>(
    `SELECT address, port, iif(address IS NULL, key, address_key) AS key FROM session WHERE peer = ?`,
  );
  const placeOf = (peer: number): PeerAddress => {
    const { address, port } = selectAddress.get(peer) ?? {};
    return { address: address ?? '', port: port ?? 0 };
  };
  const whereaboutsOf = (peer: number) => {
    const { address, port, key } = selectAddress.get(peer) ?? {};
    return { address: address ?? undefined, port: port ?? undefined, key: key ?? undefined };
  };
  const accountTotals = createAccountTotals(database);
  return {
    /** Opens the segments that are new, and closes those that are gone. */
    refresh: (): void => {
      index.state();
    },
    browse: (id: string, path: string | undefined, page: PageRequest, pass: QueryPass) =>
      answerWithin(pass, (check) => browse(index.state(), peerKeyOf(id), path, page, check)),
    folder: (id: string, path: string | undefined, page: PageRequest, pass: QueryPass) =>
      answerWithin(pass, (check) => folder(index.state(), peerKeyOf(id), path, page, check)),
    sources: (sha1: string, root: string | undefined, nowMs: number, reach: Reach | undefined, pass: QueryPass) =>
      answerWithin(pass, (check) => sources(index.state(reach), sha1, root, nowMs, { whereaboutsOf, check })),
    search: (text: string, page: PageRequest, nowMs: number, pass: QueryPass) =>
      answerWithin(pass, (check) => search({ state: index.state(), text, nowMs, check }, page, placeOf)),
    find: (text: string, page: FindPage, viewer: string | undefined, nowMs: number, pass: QueryPass) =>
      answerWithin(pass, (check) => {
        const state = index.state(page.reach);
        const payload = find({ state, text, nowMs, check }, page, createVisibility(viewer, state));
        return { payload, goodUntilMs: index.lapseMs(nowMs) };
      }),
    accountTotals,
    network: (nowMs: number, pass: QueryPass): NetworkTotals | typeof COSTLY =>
      answerWithin(pass, (check) => ({ ...accountTotals(nowMs), ...countContents(index.state(), check) })),
  };
}
