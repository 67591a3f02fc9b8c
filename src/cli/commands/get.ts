import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ApiClient } from '../../api/client.ts';
import type { ReplyOf } from '../../api/contract.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { parseTarget } from '../arguments.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import type { Output } from '../output.ts';
import { connectToPeer } from '../peer-client.ts';
import { createProgress, type Progress } from '../progress.ts';

type Download = ReplyOf<'download'>;

const HELP = `
The running peer downloads, from whoever has the content, and goes on when this command is interrupted: the same command
again shows how far it is. The exit code is 0 only when the file is whole and verified.

Examples:
  $ swapmeet get 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12
  $ swapmeet get 'alice:music/live/encore.flac' --out ~/Music
`;

const EXIT_INTERRUPTED = 130;

/** Ctrl-C ends the watching, not the download. */
function onInterrupt(progress: Progress, output: Output): () => void {
  const quit = (): void => {
    progress.stop();
    output.note(
      'The download goes on in the peer: the same command shows it again, “swapmeet status” shows all of them.',
    );
    process.exit(EXIT_INTERRUPTED);
  };
  process.once('SIGINT', quit);
  return () => process.removeListener('SIGINT', quit);
}

/** Shows a download until it ends, and returns the last that was heard of it. */
async function follow(peer: ApiClient, started: Download, output: Output): Promise<Download> {
  const progress = await createProgress(output);
  const ignoreInterrupt = onInterrupt(progress, output);
  let last = started;
  try {
    for await (const download of peer.watch('watchDownload', { id: started.id }, new AbortController().signal)) {
      last = download;
      await progress.show(download);
    }
  } finally {
    progress.stop();
    ignoreInterrupt();
  }
  return last;
}

/** @throws SwapmeetError why it failed, or `disconnected` where the peer stopped meanwhile */
async function conclude(download: Download, output: Output): Promise<void> {
  const { state, name, path, sizeBytes, liars, error } = download;
  if (state === 'failed') throw new SwapmeetError(error?.code ?? 'internal', error?.message ?? `${name} failed`);
  if (state !== 'done') {
    throw new SwapmeetError('disconnected', `the peer stopped; ${name} goes on when it runs again`);
  }
  if (liars.length > 0) output.note(`Sent wrong bytes, and was left: ${liars.join(', ')}`);
  if (!output.json) await output.lines([`${path}  (${formatSize(sizeBytes)}, verified)`]);
}

export function addGetCommand(program: Command): void {
  program
    .command('get')
    .summary('download a file')
    .description(
      'Downloads a file, named by its SHA-1 or by one peer that has it, verifies it, and puts it into a folder.',
    )
    .argument('<what>', 'SHA1 (40 hex digits), or PEER:PATH as browse shows it')
    .option('--out <dir>', "where to put it (default: the peer's downloads folder)")
    .addHelpText('after', HELP)
    .action(async (what: string, options: { out?: string }, command: Command) => {
      const target = parseTarget(what);
      const output = outputOf(command);
      const peer = await connectToPeer(globalsOf(command));
      const folder = options.out === undefined ? undefined : resolve(options.out);
      const started = await peer.call('startDownload', { what: target, folder });
      await conclude(await follow(peer, started, output), output);
    });
}
