import { SwapmeetError } from '../domain/errors.ts';

/** A host name or IP address (IPv6 without brackets) and a TCP port. */
export type HostPort = { readonly host: string; readonly port: number };

/** Where a server and a peer listen unless they are told otherwise. [PROTOCOL §1] */
export const SERVER_PORT_DEFAULT = 7474;
export const PEER_PORT_DEFAULT = 7475;

const FORM = /^(?:\[(?<bracketed>[0-9a-f:.]+)\]|(?<plain>[^:[\]]+)):(?<port>\d{1,5})$/i;
const HOST_NAME = /^(?=.{1,253}$)[0-9a-z](?:[0-9a-z-]*[0-9a-z])?(?:\.[0-9a-z](?:[0-9a-z-]*[0-9a-z])?)*$/i;

/** An IPv6 address as URLs write it: lower-case, shortened; undefined where it is none. */
function canonicalIpv6(text: string): string | undefined {
  const url = `http://[${text}]/`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

/**
 * `HOST:PORT`, `IP:PORT` or `[IPv6]:PORT`; the host comes back in lower case.
 *
 * @param portMin 0 where “any free port” makes sense, which is when listening
 * @throws SwapmeetError `bad-argument` that says what is wrong
 */
export function parseHostPort(text: string, portMin: 0 | 1 = 1): HostPort {
  const { bracketed, plain, port: portText } = FORM.exec(text)?.groups ?? {};
  if (portText === undefined) {
    throw new SwapmeetError('bad-argument', 'an address has the form HOST:PORT, IPv6 in brackets: [::1]:7474');
  }
  const host = bracketed === undefined ? takeHostName(plain ?? '') : canonicalIpv6(bracketed);
  if (host === undefined) {
    throw new SwapmeetError('bad-argument', `“${bracketed ?? plain ?? ''}” is no host name or IP address`);
  }
  const port = Number(portText);
  if (port < portMin || port > 65_535) {
    throw new SwapmeetError('bad-argument', `a port is a number from ${portMin} to 65535, not ${portText}`);
  }
  return { host, port };
}

function takeHostName(text: string): string | undefined {
  return HOST_NAME.test(text) ? text.toLowerCase() : undefined;
}

/** The text that `parseHostPort` reads. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
