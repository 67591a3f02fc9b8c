import ipaddr from 'ipaddr.js';
import { formatHostPort, parseHostPort } from '../../protocol/host-port.ts';
import type { OwnFinding, PeerFinding, WayKind, WayTried } from './findings.ts';

/** A clock that is so far off is wrong. */
const CLOCK_OFF_S_MAX = 60;

/** What the person of this peer can do for others to reach it. */
export function adviceForSelf(finding: Omit<OwnFinding, 'advice' | 'kind'>): string[] {
  const { link, listen, clockAheadS = 0 } = finding;
  const advice: string[] = [];
  if (link.state !== 'online') {
    const why = 'message' in link ? `: ${link.message}` : '';
    return [`This peer is not connected to the server${why}. Nothing else can be found out until it is.`];
  }
  if (link.address === undefined) advice.push(...adviceForUnpublished(listen, finding));
  if (Math.abs(clockAheadS) > CLOCK_OFF_S_MAX) {
    const off = `${Math.abs(clockAheadS)} s ${clockAheadS > 0 ? 'ahead of' : 'behind'}`;
    advice.push(
      `The clock of this machine is ${off} the server's: have it set by the network, or times are shown, and limits kept to, wrongly.`,
    );
  }
  return advice;
}

/** What to do where the server could not dial this peer back. */
export function adviceForUnpublished(listen: string, { portMapping }: Pick<OwnFinding, 'portMapping'>): string[] {
  const { host, port } = parseHostPort(listen);
  if (isLoopback(host)) {
    return [
      `This peer listens at ${listen}, which no other machine can reach, so others reach it only by dial-back or through the relay. ` +
        `Start it with --listen ${formatHostPort({ host: '::', port })}.`,
    ];
  }
  const dialled = portMapping.state === 'mapped' ? portMapping.externalPort : port;
  const byRouter =
    portMapping.state === 'mapped'
      ? `The router ${portMapping.router} forwards its port ${dialled}, so there is a second router or a firewall before it: forward the port there, too.`
      : `Behind a router, turn on UPnP, NAT-PMP or PCP in it, or forward its TCP port ${port} to this machine.`;
  return [
    `The server can't connect to this peer at port ${dialled}, so others reach it only by dial-back or through the relay. ` +
      `Open TCP port ${port} in this machine's firewall. ${byRouter}`,
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
}

/** How a peer that tried to reach this one would. */
export function reachesUsBy(
  isPublished: boolean,
  ways: readonly WayTried[],
  areWePublished: boolean,
): WayKind | undefined {
  const works = (kind: WayKind): boolean => ways.some((way) => way.kind === kind && way.tookMs !== undefined);
  if (works('dial-back')) return 'direct';
  // Nobody here can dial from there: it is assumed to work as the server found it to.
  if (areWePublished) return 'direct';
  if (isPublished && works('direct')) return 'dial-back';
  return works('relay') ? 'relay' : undefined;
}

/** What could be done for a peer to be reached, or reached better. */
export function adviceForPeer({ username, ways, reachedBy }: Omit<PeerFinding, 'advice' | 'kind' | 'id'>): string[] {
  const stranger = ways.find(({ error }) => error?.code === 'wrong-key');
  const advice =
    stranger?.address === undefined
      ? []
      : [
          `At ${stranger.address} somebody else answers than ${username}: its address has changed hands, or something stands in between.`,
        ];
  if (reachedBy === undefined) advice.push(adviceForNoWay(username, ways));
  else if (reachedBy === 'relay') {
    advice.push(
      `What comes from ${username} goes through the server, as fast as that allows. Open the port of one of the two peers to go without.`,
    );
  }
  return advice;
}

function adviceForNoWay(username: string, ways: readonly WayTried[]): string {
  const relay = ways.find(({ kind }) => kind === 'relay')?.error;
  const open = `Open the port of one of the two peers (“swapmeet doctor” there says which)`;
  if (relay?.code === 'no-relay') return `${open}, or have the server relay: it was started with --no-relay.`;
  return `${username} is online, but answers in no way: it may run an older version, or have just left. ${open}, and try again.`;
}
