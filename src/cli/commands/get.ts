import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ApiClient } from '../../api/client.ts';
import type { ReplyOf } from '../../api/contract.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import type { DownloadRequest } from '../../peer/control.ts';
import { parseTarget } from '../arguments.ts';
import { formatCount, formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import type { Output } from '../output.ts';
import { connectToPeer } from '../peer-client.ts';
import { createProgress } from '../progress.ts';
import { EXIT_INTERRUPTED, stopSignal } from '../signals.ts';

type Download = ReplyOf<'download'>;

const HELP = `
The running peer downloads, from whoever has the content, and goes on when this command is interrupted: the same command
again shows how far it is. The exit code is 0 only when the file is whole and verified.

A folder, written with a slash at its end, comes with all that is below it, in its structure; so does what a search finds now.
It is one download, of however many files. A file that is there is not fetched again, and none is ever overwritten: another
one with the same name gets a number.

Examples:
  $ swapmeet get 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12           a SHA-1, as search shows it
  $ swapmeet get 'alice:music/live/encore.flac' --out ~/Music
  $ swapmeet get alice:music/live/ --out ~/Music                    to ~/Music/live
  $ swapmeet get --search 'ext:flac "blue album"' --out ~/Music
`;

/** Shows a download until it ends or `stop` aborts, and returns the last that was heard of it. */
async function follow(peer: ApiClient, started: Download, output: Output, stop: AbortSignal): Promise<Download> {
  const progress = await createProgress(output);
  let last = started;
  try {
    for await (const download of peer.watch('watchDownload', { id: started.id }, stop)) {
      last = download;
      await progress.show(download);
    }
  } finally {
    progress.stop();
  }
  return last;
}

/** @throws SwapmeetError why it failed, or `disconnected` where the peer stopped meanwhile */
async function conclude(download: Download, output: Output): Promise<void> {
  const { state, name, path, files, sizeBytes, liars, error } = download;
  if (state === 'failed') throw new SwapmeetError(error?.code ?? 'internal', error?.message ?? `${name} failed`);
  if (state !== 'done') {
    throw new SwapmeetError('disconnected', `the peer stopped; ${name} goes on when it runs again`);
  }
  if (liars.length > 0) output.note(`Sent wrong bytes, and was left: ${liars.join(', ')}`);
  const count = files ? `${formatCount(files.total, 'file', 'files')}, ` : '';
  if (!output.json) await output.lines([`${path}  (${count}${formatSize(sizeBytes)}, verified)`]);
}

/** The folder that a download goes to. @throws SwapmeetError `bad-argument` where a file has that name */
async function takeFolder(out: string): Promise<string> {
  const folder = resolve(out);
  // One that isn't there is made; what else is wrong with it shows when it is used.
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return folder;
  throw new SwapmeetError(
    'bad-argument',
    `${folder} is a file: --out takes a folder, and the download keeps its name in it`,
  );
}

async function get(what: DownloadRequest['what'], out: string | undefined, command: Command): Promise<void> {
  const output = outputOf(command);
  const folder = out === undefined ? undefined : await takeFolder(out);
  const peer = await connectToPeer(globalsOf(command));
  const started = await peer.call('startDownload', { what, folder });
  // Ctrl-C ends the watching, not the download.
  const stop = stopSignal();
  const last = await follow(peer, started, output, stop);
  if (!stop.aborted) return conclude(last, output);
  output.note(
    'The download goes on in the peer: the same command shows it again, “swapmeet status” shows all of them.',
  );
  process.exitCode = EXIT_INTERRUPTED;
}

type Options = { readonly out?: string; readonly search?: string };

/** @throws SwapmeetError `bad-argument` */
function takeWhat(target: string | undefined, { search }: Options): DownloadRequest['what'] {
  if (target !== undefined && search === undefined) return parseTarget(target);
  if (target === undefined && search !== undefined) {
    parseQuery(search);
    return { query: search };
  }
  throw new SwapmeetError('bad-argument', 'say what to get: a SHA-1, PEER:PATH, PEER:FOLDER/, or --search QUERY');
}

export function addGetCommand(program: Command): void {
  program
    .command('get')
    .summary('download a file or a folder')
    .description(
      'Downloads a file, named by its SHA-1 or by one peer that has it, or a folder; verifies it, and puts it into a folder.',
    )
    .argument('[what]', 'SHA1 (40 hex digits), or PEER:PATH or PEER:FOLDER/ as browse shows it')
    .option('--search <query>', 'all that a search finds now, in one argument')
    .option('--out <dir>', "the folder to put it into (default: the peer's downloads folder)")
    .addHelpText('after', HELP)
    .action((what: string | undefined, options: Options, command: Command) =>
      get(takeWhat(what, options), options.out, command),
    );
}
