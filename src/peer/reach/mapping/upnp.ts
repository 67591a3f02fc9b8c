import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { SwapmeetError } from '../../../domain/errors.ts';
import type { Mapping, MapRequest, Router } from './mapping.ts';

/** What a router says of itself may be so long. */
const BODY_BYTES_MAX = 256 * 1024;
const REQUEST_TIMEOUT_MS = 3_000;
const SERVICES = /^urn:schemas-upnp-org:service:WAN(?:IPConnection:[12]|PPPConnection:1)$/;
/** The router knows no lease that ends. [UPnP WANIPConnection:1 §2.4.16] */
const ONLY_PERMANENT = 725;
/** Somebody else has the port, or the router takes only equal ones. */
const CONFLICTS: ReadonlySet<number> = new Set([718, 724]);
const TRIES = 3;
const DESCRIPTION = 'swapmeet';

/** Where a router takes orders, and in which version of them. */
type Control = { readonly url: URL; readonly service: string };

class UpnpError extends Error {
  readonly upnpCode: number;
  constructor(upnpCode: number) {
    super(`the router refused, with UPnP error ${upnpCode}`);
    this.upnpCode = upnpCode;
  }
}

/** A router that describes itself at an address. @throws SwapmeetError `unreachable` where it maps no ports */
export async function openUpnpRouter(location: URL, signal: AbortSignal): Promise<Router> {
  const { text } = await request(location, {}, signal);
  const control = controlOf(text, location);
  if (!control) throw new SwapmeetError('unreachable', `the UPnP device at ${location.host} maps no ports`);
  return {
    by: 'UPnP',
    host: location.hostname,
    map: (wanted, stop) => map(control, wanted, stop).catch(asUnreachable),
  };
}

function asUnreachable(cause: unknown): never {
  if (cause instanceof UpnpError) throw new SwapmeetError('unreachable', cause.message, { cause });
  throw cause;
}

/** The first service in a description that maps ports. Its address must be the router's own. */
export function controlOf(description: string, location: URL): Control | undefined {
  for (const [, service = ''] of description.matchAll(/<service>([\s\S]*?)<\/service>/gi)) {
    const type = elementOf(service, 'serviceType');
    const path = elementOf(service, 'controlURL');
    if (type === undefined || path === undefined || !SERVICES.test(type) || !URL.canParse(path, location.href))
      continue;
    const url = new URL(path, location.href);
    if (url.hostname === location.hostname && url.protocol === 'http:') return { url, service: type };
  }
  return undefined;
}

function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}[^>]*>\\s*([^<]{1,1024}?)\\s*</${name}>`, 'i').exec(xml)?.[1];
}

async function map(control: Control, wanted: MapRequest, signal: AbortSignal): Promise<Mapping> {
  if (wanted.lifetimeS === 0) {
    await order(control, 'DeletePortMapping', mappingNames(wanted.externalPort), signal);
    return { externalPort: wanted.externalPort, lifetimeS: 0 };
  }
  const client = await ownAddressTowards(control.url.hostname);
  let { externalPort, lifetimeS } = wanted;
  for (let tried = 1; ; tried += 1) {
    try {
      await order(
        control,
        'AddPortMapping',
        addArguments(client, wanted.internalPort, externalPort, lifetimeS),
        signal,
      );
      return { externalPort, lifetimeS };
    } catch (error) {
      if (!(error instanceof UpnpError) || tried === TRIES) throw error;
      if (error.upnpCode === ONLY_PERMANENT) lifetimeS = 0;
      else if (CONFLICTS.has(error.upnpCode)) externalPort = randomInt(20_000, 60_000);
      else throw error;
    }
  }
}

function mappingNames(externalPort: number): Record<string, string | number> {
  return { NewRemoteHost: '', NewExternalPort: externalPort, NewProtocol: 'TCP' };
}

function addArguments(client: string, internalPort: number, externalPort: number, lifetimeS: number) {
  return {
    ...mappingNames(externalPort),
    NewInternalPort: internalPort,
    NewInternalClient: client,
    NewEnabled: 1,
    NewPortMappingDescription: DESCRIPTION,
    NewLeaseDuration: lifetimeS,
  };
}

/** Tells the router to do something. Names and values hold nothing that XML would have to escape. @throws UpnpError */
async function order(
  { url, service }: Control,
  action: string,
  values: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
): Promise<void> {
  const fields = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  const body =
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ' +
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
    `<u:${action} xmlns:u="${service}">${fields.join('')}</u:${action}></s:Body></s:Envelope>`;
  const headers = { 'content-type': 'text/xml; charset="utf-8"', soapaction: `"${service}#${action}"` };
  const { isOk, text } = await request(url, { method: 'POST', headers, body }, signal);
  if (!isOk) throw new UpnpError(Number(elementOf(text, 'errorCode') ?? 0));
}

async function request(url: URL, init: RequestInit, signal: AbortSignal): Promise<{ isOk: boolean; text: string }> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: stop });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > BODY_BYTES_MAX) throw new Error('it says too much');
      chunks.push(chunk);
    }
    return { isOk: response.ok, text: Buffer.concat(chunks).toString('utf8') };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SwapmeetError('unreachable', `the router at ${url.host} can't be asked: ${why}`, { cause });
  }
}

/** The address of this machine that the router sees. Nothing is sent. */
function ownAddressTowards(host: string): Promise<string> {
  const socket = createSocket('udp4');
  return new Promise<string>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(1900, host, () => {
      resolve(socket.address().address);
    });
  }).finally(() => socket.close());
}
