import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { addBrowseCommand } from './commands/browse.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDownloadsCommand } from './commands/downloads.ts';
import { addFriendsCommand } from './commands/friends.ts';
import { addGetCommand } from './commands/get.ts';
import { addHashCommand } from './commands/hash.ts';
import { addLimitsCommand } from './commands/limits.ts';
import { addNetworkCommand } from './commands/network.ts';
import { addPeerCommand } from './commands/peer.ts';
import { addPeersCommand } from './commands/peers.ts';
import { addSearchCommand } from './commands/search.ts';
import { addSendCommand } from './commands/send.ts';
import { addServerCommand } from './commands/server.ts';
import { addSharesCommand } from './commands/shares.ts';
import { addStatusCommand } from './commands/status.ts';
import { addUpCommand } from './commands/up.ts';
import { addUploadsCommand } from './commands/uploads.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addWatchCommand } from './commands/watch.ts';
import { LOG_FORMS, LOG_LEVELS } from './globals.ts';

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

const HELP = `
The first machine of a group:
  $ swapmeet up --name alice --share ~/Music       prints the join link to give to others
The others:
  $ swapmeet peer --join LINK --name bob --share ~/Videos
Then, on any of them:
  $ swapmeet search holiday
  $ swapmeet get SHA1

swapmeet COMMAND --help tells more of each.
`;

/** In the order in which a newcomer meets them. */
const COMMANDS = [
  addUpCommand,
  addServerCommand,
  addPeerCommand,
  addSearchCommand,
  addPeersCommand,
  addNetworkCommand,
  addBrowseCommand,
  addGetCommand,
  addDownloadsCommand,
  addWatchCommand,
  addSharesCommand,
  addVerifyCommand,
  addUploadsCommand,
  addLimitsCommand,
  addFriendsCommand,
  addStatusCommand,
  addDoctorCommand,
  addHashCommand,
  addSendCommand,
];

/** All commands and global options. Whatever a command needs to run is loaded when it runs. */
export function createProgram(): Command {
  const program = new Command('swapmeet');
  program
    .description('Search, browse and download the files of a group of machines, directly from one another.')
    .version(readVersion(), '--version')
    .option('--data <dir>', "the peer's or server's data folder (default: $SWAPMEET_DATA, or one in your home)")
    .option('--json', 'print one JSON object a line')
    .addOption(new Option('--log-level <level>', 'what a server or peer logs to stderr').choices(LOG_LEVELS))
    .addOption(
      new Option('--log <form>', 'how it logs (default: text on a terminal, else JSON lines)').choices(LOG_FORMS),
    )
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP)
    .exitOverride()
    // Failures are told in one place, and in one form.
    .configureOutput({ outputError: () => undefined });
  for (const add of COMMANDS) add(program);
  return program;
}
