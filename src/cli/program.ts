import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
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

type AddCommand = (program: Command) => void;

/** In the order in which a newcomer meets them. Each is loaded only when it is called, which halves the time until it begins. */
const COMMANDS: ReadonlyMap<string, () => Promise<AddCommand>> = new Map(
  Object.entries({
    up: async () => (await import('./commands/up.ts')).addUpCommand,
    server: async () => (await import('./commands/server.ts')).addServerCommand,
    peer: async () => (await import('./commands/peer.ts')).addPeerCommand,
    search: async () => (await import('./commands/search.ts')).addSearchCommand,
    peers: async () => (await import('./commands/peers.ts')).addPeersCommand,
    network: async () => (await import('./commands/network.ts')).addNetworkCommand,
    browse: async () => (await import('./commands/browse.ts')).addBrowseCommand,
    get: async () => (await import('./commands/get.ts')).addGetCommand,
    downloads: async () => (await import('./commands/downloads.ts')).addDownloadsCommand,
    watch: async () => (await import('./commands/watch.ts')).addWatchCommand,
    shares: async () => (await import('./commands/shares.ts')).addSharesCommand,
    verify: async () => (await import('./commands/verify.ts')).addVerifyCommand,
    uploads: async () => (await import('./commands/uploads.ts')).addUploadsCommand,
    limits: async () => (await import('./commands/limits.ts')).addLimitsCommand,
    friends: async () => (await import('./commands/friends.ts')).addFriendsCommand,
    status: async () => (await import('./commands/status.ts')).addStatusCommand,
    doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
    hash: async () => (await import('./commands/hash.ts')).addHashCommand,
    send: async () => (await import('./commands/send.ts')).addSendCommand,
  }),
);

/** The global options, and the command that is called; all of them where none is. Whatever a command needs to run is loaded when it runs. */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = createFrame();
  const called = COMMANDS.get(program.parseOptions([...args]).operands[0] ?? '');
  for (const load of called ? [called] : COMMANDS.values()) (await load())(program);
  return program;
}

function createFrame(): Command {
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
    // What stands between the program and a subcommand has options of its own, which that does not take.
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: ({ parent }) => (parent ? [...program.options] : []),
    })
    .addHelpText('after', HELP)
    .exitOverride()
    // Failures are told in one place, and in one form.
    .configureOutput({ outputError: () => undefined });
  return program;
}
