import type { Command } from 'commander';
import { serverDataFolder } from '../data-folder.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { addServerOptions, type ServerOptions } from '../server-options.ts';
import { aborted, stopSignal } from '../signals.ts';

const HELP = `
When it accepts connections it prints one line, "ready LINK". Whoever has that link can join. The server's key is in it, so
hand it on where nobody can change it on the way.

Examples:
  $ swapmeet server --data /var/lib/swapmeet --listen 192.168.1.10:7474
  $ swapmeet server --registration open --plaintext --listen 127.0.0.1:7474     to try the protocol with netcat
`;

async function runServer(options: ServerOptions, command: Command): Promise<void> {
  const stop = stopSignal();
  const globals = globalsOf(command);
  const { composeServer } = await import('../compose-server.ts');
  const { createLogger } = await import('../log.ts');
  const dataFolder = await serverDataFolder(globals);
  const server = await composeServer({ ...options, dataFolder, log: await createLogger(globals) });
  try {
    await outputOf(command).ready(server.joinLink);
    await aborted(stop);
  } finally {
    await server.close();
  }
}

export function addServerCommand(program: Command): void {
  const command = program
    .command('server')
    .summary('run the indexing server')
    .description(
      'Runs the indexing server, which knows who is online and what everybody shares, and never sees a file.',
    );
  addServerOptions(command)
    .addHelpText('after', HELP)
    .action((options: ServerOptions, itself: Command) => runServer(options, itself));
}
