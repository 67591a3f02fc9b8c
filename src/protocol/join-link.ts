import { SwapmeetError } from '../domain/errors.ts';
import { formatHostPort, parseHostPort, type HostPort } from './host-port.ts';

/** All that a peer needs to register with a server. */
export type JoinLink = HostPort & {
  /** SHA-256 of the server's public key, 64 lower-case hex digits: whoever answers with another is not the server. */
  readonly key: string;
  /** What the server wants to see at REGISTER, unless its registration is open. */
  readonly invite?: string | undefined;
};

const SCHEME = 'swapmeet://';
const LINK_UNITS_MAX = 2_048;
const FORM = /^swapmeet:\/\/(?<address>[^/?#]*)\/?\?(?<query>[^#]*)$/i;
const KEY = /^[0-9a-f]{64}$/;

function refuse(fault: string): never {
  throw new SwapmeetError('bad-argument', `the join link ${fault}; paste it as the server printed it`);
}

/** The only value of a parameter. */
function takeOne(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  if (values.length > 1) refuse(`has “${name}” twice`);
  return values[0];
}

/**
 * `swapmeet://HOST:PORT/?key=HEX64&invite=TEXT`, IPv6 in brackets. Parameters of other names are ignored. [PROTOCOL §10]
 *
 * @throws SwapmeetError `bad-argument` that says what is wrong with the link
 */
export function parseJoinLink(text: string): JoinLink {
  if (text.length > LINK_UNITS_MAX) refuse(`is longer than ${LINK_UNITS_MAX} characters`);
  const { address, query } = FORM.exec(text.trim())?.groups ?? {};
  if (address === undefined || query === undefined) refuse(`does not have the form ${SCHEME}HOST:PORT/?key=…&invite=…`);
  const hostPort = parseHostPort(address);
  const parameters = new URLSearchParams(query);
  const key = takeOne(parameters, 'key')?.toLowerCase();
  if (key === undefined || !KEY.test(key)) refuse('has no “key” of 64 hex digits');
  const invite = takeOne(parameters, 'invite');
  if (invite === '') refuse('has an empty “invite”');
  return invite === undefined ? { ...hostPort, key } : { ...hostPort, key, invite };
}

/** The link that `parseJoinLink` reads. */
export function formatJoinLink(link: JoinLink): string {
  const invite = link.invite === undefined ? '' : `&invite=${encodeURIComponent(link.invite)}`;
  return `${SCHEME}${formatHostPort(link)}/?key=${link.key}${invite}`;
}
