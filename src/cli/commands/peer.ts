import type { Command } from 'commander';
import type { HostPort } from '../../protocol/host-port.ts';
import { parseJoinLink, type JoinLink } from '../../protocol/join-link.ts';
import { parseListen } from '../arguments.ts';
import { peerDataFolder } from '../data-folder.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { readPassword } from '../password.ts';
import { addPeerOptions, PEER_LISTEN_HELP, type PeerOptions } from '../peer-options.ts';
import { explainRefusal } from '../refusal.ts';
import { stopSignal } from '../signals.ts';

type Options = PeerOptions & { readonly join?: JoinLink; readonly listen?: HostPort };

const HELP = `
When all that it shares is hashed and published it prints one line, "ready NAME". What is given is kept: started again with
--data alone it goes on as it was. Its password is made up and kept, unless you give one.

--share, once or several times, replaces all that was shared before: to add a folder, give it and the others again. A folder
that was shared before may be away, as on a disk that is not plugged in; a new one must be there.

Hidden, temporary and unfinished files are not shared. --exclude leaves out more, --include goes before it and before what is
left out anyway. Patterns are those of .gitignore; a path begins with the share's label, so "/Videos/raw/" is one folder of one
share, and "*.iso" is any file in any share. A file .swapmeetignore in a shared folder says the same for what lies below it.
An empty pattern, "", takes the former ones back.

Examples:
  $ swapmeet peer --join 'swapmeet://192.168.1.10:7474/?key=…&invite=…' --name bob --share ~/Videos
  $ swapmeet peer                                                         as it was the last time
  $ swapmeet peer --share ~/Videos --share old=/mnt/archive/videos        these two from now on, and no other
  $ swapmeet peer --exclude '*.iso' --exclude /Videos/raw/ --include .thumbnails
  $ swapmeet peer --listen [::]:7575 --downloads ~/Downloads
`;

async function runPeerCommand(options: Options, command: Command): Promise<void> {
  const stop = stopSignal();
  const globals = globalsOf(command);
  const output = outputOf(command);
  const { composePeer } = await import('../compose-peer.ts');
  const { createLogger } = await import('../log.ts');
  const { runPeer } = await import('../run-peer.ts');
  const { join, name, share, exclude, include, downloads, listen, portMapping } = options;
  const peer = await composePeer({
    dataFolder: await peerDataFolder(globals),
    join,
    name,
    password: await readPassword(options),
    shares: share,
    exclude,
    include,
    downloadsFolder: downloads,
    listen,
    portMapping,
    log: await createLogger(globals),
  });
  try {
    await runPeer(peer, { output, stop, onReady: () => output.ready(peer.control.status().username) });
  } catch (error) {
    throw explainRefusal(error);
  } finally {
    await peer.close();
  }
}

export function addPeerCommand(program: Command): void {
  const command = program
    .command('peer')
    .summary('run a peer')
    .description('Runs a peer: it shares folders, and downloads what its person asks for.')
    .option('--join <link>', 'the join link that the server printed; needed the first time', parseJoinLink);
  addPeerOptions(command, 'the username to register; needed the first time')
    .option('--listen <host:port>', PEER_LISTEN_HELP, parseListen)
    .addHelpText('after', HELP)
    .action((options: Options, itself: Command) => runPeerCommand(options, itself));
}
