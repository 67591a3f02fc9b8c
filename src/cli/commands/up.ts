import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { HostPort } from '../../protocol/host-port.ts';
import { parseJoinLink } from '../../protocol/join-link.ts';
import { parseListen } from '../arguments.ts';
import { besidePeerDataFolder, peerDataFolder } from '../data-folder.ts';
import { globalsOf, outputOf, type Globals } from '../globals.ts';
import { readPassword } from '../password.ts';
import { addPeerOptions, PEER_LISTEN_HELP, type PeerOptions } from '../peer-options.ts';
import { explainRefusal } from '../refusal.ts';
import { addServerOptions, type ServerOptions } from '../server-options.ts';
import { stopSignal } from '../signals.ts';

type Options = ServerOptions & PeerOptions & { readonly peerListen?: HostPort };

const HELP = `
Server and peer in one process, for the first machine of a group. It prints "ready LINK" when all that the peer shares is
published; give LINK to the others. With --data DIR the peer keeps its things in DIR and the server in DIR/server.

Addresses, shares, name and downloads folder are kept: started again with --data alone it goes on as it was. --share, once
or several times, replaces all that was shared before. What --exclude and --include do tells “swapmeet peer --help”.

Examples:
  $ swapmeet up --share ~/Music
  $ swapmeet up --name alice --share ~/Music --share ~/Videos --listen 192.168.1.10:7474
  $ swapmeet up                                                    as it was the last time
`;

/** The name that a person has on this machine; a system may have none for its user. */
function loginName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

async function startPeer(options: Options, globals: Globals, joinLink: string, log: Logger) {
  const { composePeer } = await import('../compose-peer.ts');
  return composePeer({
    dataFolder: await peerDataFolder(globals),
    join: parseJoinLink(joinLink),
    name: options.name,
    defaultName: loginName(),
    password: await readPassword(options),
    shares: options.share,
    exclude: options.exclude,
    include: options.include,
    downloadsFolder: options.downloads,
    portMapping: options.portMapping,
    listen: options.peerListen,
    listenOption: '--peer-listen',
    log: log.child({ part: 'peer' }),
  });
}

async function runBoth(options: Options, command: Command): Promise<void> {
  const stop = stopSignal();
  const globals = globalsOf(command);
  const output = outputOf(command);
  const { composeServer } = await import('../compose-server.ts');
  const { createLogger } = await import('../log.ts');
  const { runPeer } = await import('../run-peer.ts');
  const log = await createLogger(globals);
  const dataFolder = await besidePeerDataFolder(globals);
  const server = await composeServer({ ...options, dataFolder, log: log.child({ part: 'server' }) });
  try {
    const peer = await startPeer(options, globals, server.joinLink, log);
    try {
      output.note(`Others join with: swapmeet peer --join '${server.joinLink}' --name NAME --share DIR`);
      await runPeer(peer, { output, stop, onReady: () => output.ready(server.joinLink) });
    } catch (error) {
      throw explainRefusal(error);
    } finally {
      await peer.close();
    }
  } finally {
    await server.close();
  }
}

export function addUpCommand(program: Command): void {
  const command = program
    .command('up')
    .summary('run a server and a peer in one: how a group begins')
    .description('Runs the indexing server and a peer on this machine, and prints the join link to give to others.');
  addServerOptions(command);
  addPeerOptions(command, 'the username to register (default: your login name)')
    .option('--peer-listen <host:port>', PEER_LISTEN_HELP, parseListen)
    .addHelpText('after', HELP)
    .action((options: Options, itself: Command) => runBoth(options, itself));
}
