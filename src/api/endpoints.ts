/**
 * How the endpoints of the local API are called; what they take and give is in `contract.ts`. That one needs the schema library, this
 * one nothing: so a command has sent its request before it loads what it checks the reply with.
 */
export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` takes an input's field; the other fields travel as the JSON body (POST) or in the query. */
  readonly path: string;
  /** A stream is NDJSON: a value a line, as it comes; empty lines show that the peer is alive. */
  readonly stream: boolean;
};

const TABLE = {
  status: { method: 'GET', path: '/v1/status', stream: false },
  shares: { method: 'GET', path: '/v1/shares', stream: false },
  pauseHashing: { method: 'POST', path: '/v1/hashing', stream: false },
  // A stream that one begins with a list of names, which a query has no room for.
  verify: { method: 'POST', path: '/v1/verifications', stream: true },
  damages: { method: 'GET', path: '/v1/damages', stream: false },
  search: { method: 'GET', path: '/v1/search', stream: false },
  network: { method: 'GET', path: '/v1/network', stream: false },
  peers: { method: 'GET', path: '/v1/peers', stream: false },
  // The peer is no part of the path: a URL would lose a username such as “..”.
  browse: { method: 'GET', path: '/v1/browse', stream: false },
  folder: { method: 'GET', path: '/v1/folder', stream: false },
  downloads: { method: 'GET', path: '/v1/downloads', stream: false },
  changeDownloads: { method: 'POST', path: '/v1/downloads/changes', stream: false },
  startDownload: { method: 'POST', path: '/v1/downloads', stream: false },
  download: { method: 'GET', path: '/v1/downloads/:id', stream: false },
  failures: { method: 'GET', path: '/v1/downloads/:id/failures', stream: false },
  watchDownload: { method: 'GET', path: '/v1/downloads/:id/events', stream: true },
  giveStream: { method: 'POST', path: '/v1/downloads/:id/stream', stream: false },
  uploads: { method: 'GET', path: '/v1/uploads', stream: false },
  limits: { method: 'GET', path: '/v1/limits', stream: false },
  changeLimits: { method: 'POST', path: '/v1/limits', stream: false },
  friends: { method: 'GET', path: '/v1/friends', stream: false },
  setFriends: { method: 'POST', path: '/v1/friends', stream: false },
  watches: { method: 'GET', path: '/v1/watches', stream: false },
  addWatch: { method: 'POST', path: '/v1/watches', stream: false },
  removeWatch: { method: 'DELETE', path: '/v1/watches/:id', stream: false },
  watchMatches: { method: 'GET', path: '/v1/watches/:id/matches', stream: true },
  doctor: { method: 'GET', path: '/v1/doctor', stream: true },
  shownMatches: { method: 'POST', path: '/v1/watches/:id/shown', stream: false },
} as const satisfies Record<string, Endpoint>;

type Table = typeof TABLE;
export type EndpointName = keyof Table;
export type StreamName = { [Name in EndpointName]: Table[Name]['stream'] extends true ? Name : never }[EndpointName];
export type CallName = Exclude<EndpointName, StreamName>;

export const ENDPOINTS: Readonly<Record<EndpointName, Endpoint>> = TABLE;

export const ENDPOINT_NAMES = Object.keys(TABLE) as readonly EndpointName[];

export function isStream(name: EndpointName): name is StreamName {
  return TABLE[name].stream;
}
