import { createSocket } from 'node:dgram';

const GROUP = { host: '239.255.255.250', port: 1900 };
/** Version 2 answers for 1, too. [UPnP Device Architecture 1.3.2] */
const TARGET = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';
const WAIT_MS = 1_500;
const RESEND_MS = 400;
const FOUND_MAX = 4;

const SEARCH = [
  'M-SEARCH * HTTP/1.1',
  `HOST: ${GROUP.host}:${GROUP.port}`,
  'MAN: "ssdp:discover"',
  'MX: 1',
  `ST: ${TARGET}`,
  '',
  '',
].join('\r\n');

/**
 * Where routers on this network describe themselves, as they come within 1.5 s. One that names another machine than itself is
 * ignored: what is asked of a router is never asked of somebody else.
 */
export function findGateways(
  signal: AbortSignal,
  group: { readonly host: string; readonly port: number } = GROUP,
): Promise<URL[]> {
  const socket = createSocket({ type: 'udp4' });
  const found = new Map<string, URL>();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      clearInterval(again);
      signal.removeEventListener('abort', end);
      // Closing it twice throws.
      socket.removeAllListeners().on('error', () => undefined);
      socket.close();
      resolve([...found.values()]);
    };
    const search = (): void => {
      socket.send(SEARCH, group.port, group.host);
    };
    const timer = setTimeout(end, WAIT_MS);
    const again = setInterval(search, RESEND_MS);
    signal.addEventListener('abort', end, { once: true });
    socket.once('error', end);
    socket.on('message', (message, { address }) => {
      const location = locationOf(message.toString('latin1'), address);
      if (location && found.size < FOUND_MAX) found.set(location.href, location);
    });
    if (signal.aborted) end();
    else search();
  });
}

/** The LOCATION of a reply, if the sender is it. */
export function locationOf(reply: string, sender: string): URL | undefined {
  const [, location] = /^location:[ \t]*(\S+)/im.exec(reply) ?? [];
  if (!/^HTTP\/1\.[01] 200\b/.test(reply) || location === undefined || !URL.canParse(location)) return undefined;
  const url = new URL(location);
  return url.protocol === 'http:' && url.hostname === sender ? url : undefined;
}
