import { SwapmeetError } from '../domain/errors.ts';
import { parseHostPort, type HostPort } from '../protocol/host-port.ts';
import { parseJoinLink } from '../protocol/join-link.ts';
import type { Channel } from '../transport/channel.ts';
import { peerDataFolder } from './data-folder.ts';
import type { Globals } from './globals.ts';

/** A server to dial; without its key only in plaintext. */
type Target = HostPort & { readonly key?: string };

/** @throws SwapmeetError `bad-argument` */
export function parseTargetServer(text: string): Target {
  return text.includes('//') ? parseJoinLink(text) : parseHostPort(text);
}

/** The server that the peer of `--data` joined. @throws SwapmeetError `bad-argument` where there is no peer */
export async function serverOfPeer(globals: Globals): Promise<Target> {
  const { loadSettings } = await import('../peer/settings.ts');
  const dataFolder = await peerDataFolder(globals);
  const settings = await loadSettings(dataFolder);
  if (settings) return settings.server;
  throw new SwapmeetError('bad-argument', `${dataFolder} holds no peer that joined a server: give --to LINK`);
}

/**
 * Dials a server, as nobody in particular: with a key made for this connection.
 *
 * @throws SwapmeetError `bad-argument`, `unreachable`, `wrong-key`
 */
export async function dialServer({ host, port, key }: Target, plaintext: boolean): Promise<Channel> {
  const { dial, dialPlaintext } = await import('../transport/dialler.ts');
  if (plaintext) return dialPlaintext({ host, port });
  if (key === undefined) {
    throw new SwapmeetError(
      'bad-argument',
      'HOST:PORT does not tell the server’s key: give the join link, or --plaintext',
    );
  }
  const { generateIdentity } = await import('../transport/identity.ts');
  return dial({ host, port, expectedKey: key, identity: await generateIdentity() });
}
