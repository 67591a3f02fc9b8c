import { basename, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { SwapmeetError } from '../domain/errors.ts';
import type { DownloadRequest } from '../peer/control.ts';
import type { ShareDefinition } from '../peer/shares/share-definitions.ts';
import { formatHostPort, parseHostPort, type HostPort } from '../protocol/host-port.ts';

/** The whole number that an option takes. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return count;
}

/** Every address of this machine, of IPv6 and IPv4. */
export const ANY_HOST = '::';

/** Where to listen: port 0 takes any that is free. @throws SwapmeetError `bad-argument` */
export function parseListen(text: string): HostPort {
  if (/^\d+$/.test(text)) {
    throw new SwapmeetError(
      'bad-argument',
      `${text} is a port alone: give HOST:PORT, as ${formatHostPort({ host: ANY_HOST, port: Number(text) })}`,
    );
  }
  return parseHostPort(text, 0);
}

/** A folder as an absolute path, so that it stays the same wherever the program is started next. */
export function parseFolder(text: string): string {
  return resolve(text);
}

/** A folder's path without the slash at its end with which some write it; `/` alone names nothing and stays, to be refused. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=[^/])\/+$/, '');
}

/**
 * What `get` is asked for: 40 hex digits are a SHA-1, all else is PEER:PATH, split at the first colon since a username
 * has none. With a slash at its end it is a folder.
 *
 * @throws SwapmeetError `bad-argument`
 */
export function parseTarget(text: string): DownloadRequest['what'] {
  if (/^[0-9a-f]{40}$/i.test(text)) return { sha1: text.toLowerCase() };
  const colon = text.indexOf(':');
  const [peer, given] = [text.slice(0, colon), text.slice(colon + 1)];
  const path = withoutSlash(given);
  if (colon < 1 || path === '') {
    throw new SwapmeetError(
      'bad-argument',
      `“${text}” is neither a SHA-1 of 40 hex digits nor PEER:PATH, nor PEER:FOLDER/: “swapmeet search” shows the one, “swapmeet browse” the other`,
    );
  }
  return path === given ? { peer, path } : { peer, folder: path };
}

/**
 * `[LABEL=]DIR`. What stands before a `=` is a label only if it could be one: `./a=b` is a folder. Without a label the
 * folder's own name is it.
 *
 * @throws SwapmeetError `bad-argument`
 */
export function parseShare(text: string): ShareDefinition {
  const equals = text.indexOf('=');
  const label = text.slice(0, Math.max(equals, 0));
  const isLabelled = label !== '' && !/[/\\]/.test(label);
  const folder = isLabelled ? text.slice(equals + 1) : text;
  if (folder === '') throw new SwapmeetError('bad-argument', `“${text}” names no folder: give [LABEL=]DIR`);
  const absolute = resolve(folder);
  const name = isLabelled ? label : basename(absolute);
  if (name === '') throw new SwapmeetError('bad-argument', `${absolute} has no name of its own: give LABEL=${folder}`);
  return { label: name, folder: absolute };
}

/** For options that may be given several times: each value is parsed and added. */
export function collect<T>(parse: (text: string) => T): (text: string, before: readonly T[] | undefined) => T[] {
  return (text, before = []) => [...before, parse(text)];
}
