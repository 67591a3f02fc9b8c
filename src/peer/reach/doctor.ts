import { networkInterfaces } from 'node:os';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import type { PeerRow } from '../../protocol/codecs/listing.ts';
import { formatHostPort } from '../../protocol/host-port.ts';
import { PAGE_ROWS_MAX } from '../../protocol/limits.ts';
import type { Listener } from '../../transport/listener.ts';
import type { Directory } from '../directory.ts';
import type { ServerLink } from '../link/server-link.ts';
import { adviceForPeer, adviceForSelf, reachesUsBy } from './advice.ts';
import type { Finding, OwnFinding, PeerFinding, WayTried } from './findings.ts';
import { lanAddresses } from './lan-addresses.ts';
import type { PortMapping } from './mapping/port-mapping.ts';
import type { Reach } from './reach.ts';
import type { Reachable, Way } from './ways.ts';

export type DoctorOptions = {
  readonly username: string;
  /** HOST:PORT */
  readonly server: string;
  readonly listener: Pick<Listener, 'address' | 'port'>;
  readonly link: Pick<ServerLink, 'call' | 'status' | 'serverNow'>;
  readonly directory: Pick<Directory, 'findPeer'>;
  readonly mapping: Pick<PortMapping, 'status'>;
  readonly reach: Pick<Reach, 'waysTo'>;
  /** Unix ms. */
  readonly now: () => number;
};

/**
 * Finds out who reaches whom, and how: first of this peer itself, then of one other (by username or id) or of all that are
 * online, as they are found.
 *
 * @throws SwapmeetError `not-found`; `disconnected` where there is no server to ask
 */
export type Doctor = (peer: string | undefined, signal: AbortSignal) => AsyncIterable<Finding>;

/** So many peers are tried at once. */
const TRIED_AT_ONCE = 8;

export function createDoctor(options: DoctorOptions): Doctor {
  const { link, directory } = options;
  return async function* examine(peer, signal) {
    const own = examineSelf(options);
    yield own;
    if (own.link.state !== 'online') return;
    const ownId = own.link.id;
    const wanted = peer === undefined ? undefined : await directory.findPeer(peer);
    if (wanted === ownId) return;
    for await (const rows of onlinePeers(link)) {
      const others = rows.filter(({ id }) => (wanted === undefined ? id !== ownId : id === wanted));
      for (let at = 0; at < others.length; at += TRIED_AT_ONCE) {
        signal.throwIfAborted();
        yield* await Promise.all(
          others.slice(at, at + TRIED_AT_ONCE).map((row) => examinePeer(options, row, own, signal)),
        );
      }
      if (wanted !== undefined && others.length > 0) return;
    }
    if (wanted !== undefined) {
      throw new SwapmeetError('not-found', `${peer ?? ''} is not online: “swapmeet peers --all” shows when it was`);
    }
  };
}

async function* onlinePeers(link: DoctorOptions['link']): AsyncGenerator<readonly PeerRow[]> {
  let after: string | undefined;
  do {
    const page = await link.call('SHOW_PEERS', { filter: 'online', after, limit: PAGE_ROWS_MAX });
    yield page.rows;
    after = page.next;
  } while (after !== undefined);
}

function examineSelf({ username, server, listener, link, mapping, now }: DoctorOptions): OwnFinding {
  const status = link.status();
  const facts = {
    username,
    server,
    link: status,
    listen: formatHostPort({ host: listener.address, port: listener.port }),
    lan: lanAddresses(networkInterfaces(), listener).map(formatHostPort),
    portMapping: mapping.status(),
    clockAheadS: status.state === 'online' ? Math.floor((now() - link.serverNow()) / 1000) : undefined,
  };
  return { kind: 'self', ...facts, advice: adviceForSelf(facts) };
}

async function examinePeer(
  { link, reach }: DoctorOptions,
  { id, username, files }: PeerRow,
  own: OwnFinding,
  signal: AbortSignal,
): Promise<PeerFinding> {
  const target = files === 0 ? undefined : await targetOf(link, id).catch(() => undefined);
  if (!target) {
    const advice = [`${username} shares nothing at the moment, so there is nothing to connect for.`];
    return { kind: 'peer', username, id, isPublished: false, ways: [], advice };
  }
  const ways = await Promise.all(reach.waysTo(target).map((way) => tryWay(way, signal)));
  const isPublished = target.address !== undefined;
  const facts = {
    username,
    isPublished,
    ways,
    reachedBy: ways.find(({ tookMs }) => tookMs !== undefined)?.kind,
    reachesUsBy: reachesUsBy(isPublished, ways, own.link.state === 'online' && own.link.address !== undefined),
  };
  return { kind: 'peer', id, ...facts, advice: adviceForPeer(facts) };
}

/** Where a peer is, as SOURCES tells of any file of it. */
async function targetOf(link: DoctorOptions['link'], id: string): Promise<Reachable | undefined> {
  const [entry] = (await link.call('BROWSE_PEER', { id, limit: 1 })).rows;
  if (!entry) return undefined;
  const { rows } = await link.call('SOURCES', { sha1: entry.sha1, root: entry.root, reach: 'any' });
  const source = rows.find((row) => row.id === id);
  return source?.key === undefined ? undefined : { ...source, key: source.key };
}

async function tryWay({ kind, address, open }: Way, signal: AbortSignal): Promise<WayTried> {
  const beganMs = performance.now();
  try {
    const channel = await open(signal);
    channel.destroy();
    return { kind, address, tookMs: Math.round(performance.now() - beganMs) };
  } catch (error) {
    const { code, message } = toSwapmeetError(error);
    return { kind, address, error: { code, message } };
  }
}
