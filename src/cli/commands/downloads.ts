import { Option, type Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import { DOWNLOAD_FILTERS, type DownloadFilter } from '../../peer/control.ts';
import { formatRate, formatSize, percentOf } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { downloadRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';
import { addDownloadChanges } from './downloads-changes.ts';
import { addDownloadFailures } from './downloads-failures.ts';

type Row = RowOf<'downloads'>;

/** So much of an id names a download, unless another begins with it. */
const ID_UNITS = 8;

const FORM: RowForm<Row> = {
  columns: [
    { title: 'ID', text: ({ id }) => id.slice(0, ID_UNITS) },
    { title: 'STATE', text: ({ state }) => state },
    {
      title: 'DONE',
      text: ({ verifiedBytes, sizeBytes }) => `${percentOf(verifiedBytes, sizeBytes)}%`,
      align: 'right',
    },
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    {
      title: 'RATE',
      text: ({ bytesPerSecond }) => (bytesPerSecond > 0 ? formatRate(bytesPerSecond) : ''),
      align: 'right',
    },
    { title: 'NAME', text: ({ name, error }) => (error ? `${name}  (${error.message})` : name) },
  ],
  record: downloadRecord,
};

const FILTER_HELP: Readonly<Record<Exclude<DownloadFilter, 'all'>, string>> = {
  active: 'those at work now',
  waiting: 'those that wait for a source, for room on the disk, or for their turn',
  paused: 'those that wait to be resumed',
  failed: 'those that need you',
  done: 'those that are whole, until they are cleared',
};

const HELP = `
The queue goes from front to back, some at a time; what finds no source lets the others go on, and is tried again. Commands take
ids, or as much of them as tells them apart, or a whole set: --all, --in DIR, --failed …

Examples:
  $ swapmeet downloads                                 all of them, in the order of the queue
  $ swapmeet downloads --active --json
  $ swapmeet downloads pause --all
  $ swapmeet downloads resume --in ~/Videos
  $ swapmeet downloads move 5f0c21aa --front
  $ swapmeet downloads cancel 5f0c 77ab --keep-parts
  $ swapmeet downloads failures 5f0c                   which files of a folder failed, and why
  $ swapmeet downloads retry --failed
  $ swapmeet downloads clear
`;

type Options = Readonly<Partial<Record<DownloadFilter, true>>>;

async function list(options: Options, command: Command): Promise<void> {
  const output = outputOf(command);
  const peer = await connectToPeer(globalsOf(command));
  const filter = DOWNLOAD_FILTERS.find((name) => options[name]) ?? 'all';
  const pages = pagesOf((page) => peer.call('downloads', { filter, ...page }));
  if ((await printRows(output, pages, FORM)) > 0) return;
  output.note(filter === 'all' ? 'No downloads: “swapmeet get” starts one.' : `No downloads are ${filter}.`);
}

export function addDownloadsCommand(program: Command): void {
  const downloads = program
    .command('downloads')
    .summary('list the downloads; pause, resume, move, cancel them')
    .description('Lists the downloads of this peer, or changes them.')
    .option('--all', 'all of them, which is what is listed anyway');
  for (const [name, help] of Object.entries(FILTER_HELP)) {
    const others = DOWNLOAD_FILTERS.filter((filter) => filter !== name);
    downloads.addOption(new Option(`--${name}`, help).conflicts(others));
  }
  downloads.addHelpText('after', HELP).action(list);
  addDownloadChanges(downloads);
  addDownloadFailures(downloads);
}
