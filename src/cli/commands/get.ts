import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
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

A file can be used before it is whole: --stdout writes it, --stream gives an address that players open, and seek in; what they
wait for is fetched first, and all they get is verified. The file is kept in the folder as well, and goes on being downloaded when the
reader stops. The address is good for as long as the peer runs, on this machine, for whoever knows it.

Examples:
  $ swapmeet get 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12           a SHA-1, as search shows it
  $ swapmeet get 'alice:music/live/encore.flac' --out ~/Music
  $ swapmeet get alice:music/live/ --out ~/Music                    to ~/Music/live
  $ swapmeet get --stdout alice:data/log.gz | gunzip | less
  $ swapmeet get --stream alice:films/lake.mkv                      open the address with mpv, VLC …
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
function assertDone({ state, name, error }: Download): void {
  if (state === 'failed') throw new SwapmeetError(error?.code ?? 'internal', error?.message ?? `${name} failed`);
  if (state !== 'done') {
    throw new SwapmeetError('disconnected', `the peer stopped; ${name} goes on when it runs again`);
  }
}

async function conclude(download: Download, output: Output): Promise<void> {
  assertDone(download);
  const { path, files, sizeBytes, liars } = download;
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

type Options = {
  readonly out?: string;
  readonly search?: string;
  readonly stdout?: true;
  readonly stream?: true;
};

const GOES_ON =
  'The download goes on in the peer: the same command shows it again, “swapmeet status” shows all of them.';

async function get(what: DownloadRequest['what'], options: Options, command: Command): Promise<void> {
  const output = outputOf(command);
  if (options.stdout && output.json) {
    throw new SwapmeetError('bad-argument', 'stdout takes the file or JSON: leave out --stdout or --json');
  }
  const folder = options.out === undefined ? undefined : await takeFolder(options.out);
  const peer = await connectToPeer(globalsOf(command));
  const started = await peer.call('startDownload', { what, folder });
  // Ctrl-C ends the watching, not the download.
  const stop = stopSignal();
  if (options.stdout) return getToStdout(peer, started, output, stop);
  if (options.stream) await showAddress(peer, started, output);
  const last = await follow(peer, started, output, stop);
  if (!stop.aborted) return conclude(last, output);
  output.note(GOES_ON);
  process.exitCode = EXIT_INTERRUPTED;
}

async function streamOf(peer: ApiClient, { id }: Download): Promise<string> {
  const { path } = await peer.call('giveStream', { id });
  return `${peer.address}${path}`;
}

async function showAddress(peer: ApiClient, started: Download, output: Output): Promise<void> {
  const url = await streamOf(peer, started);
  if (output.json) await output.record({ url });
  else await output.lines([url]);
}

/** The bytes in order, as they are verified. What is told besides goes to stderr. */
async function getToStdout(peer: ApiClient, started: Download, output: Output, stop: AbortSignal): Promise<void> {
  const url = await streamOf(peer, started);
  const over = new AbortController();
  const { writeToStdout } = await import('../write-stream.ts');
  const writing = writeToStdout(url, AbortSignal.any([stop, over.signal]));
  writing.catch(() => undefined);
  const last = await follow(peer, started, output, stop);
  if (stop.aborted) {
    output.note(GOES_ON);
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  if (last.state !== 'done') over.abort();
  assertDone(last);
  await writing;
}

/** @throws SwapmeetError `bad-argument` */
function takeWhat(target: string | undefined, { search, stdout, stream }: Options): DownloadRequest['what'] {
  if (search !== undefined && (stdout ?? stream)) {
    throw new SwapmeetError('bad-argument', 'a search finds many files: name the one to stream');
  }
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
    .addOption(new Option('--stdout', 'write the bytes to stdout, in order, as they are verified').conflicts('stream'))
    .option('--stream', 'print an address at which any player opens the file while it is downloaded')
    .addHelpText('after', HELP)
    .action((what: string | undefined, options: Options, command: Command) =>
      get(takeWhat(what, options), options, command),
    );
}
