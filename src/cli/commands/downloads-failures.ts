import type { Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { failureRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';
import { refuseFilters } from './downloads-filters.ts';

const FORM: RowForm<RowOf<'failures'>> = {
  columns: [
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'FILE', text: ({ path, error }) => `${path}  (${error.message})` },
  ],
  record: failureRecord,
};

const HELP = `
Once what they failed by is mended, “swapmeet downloads retry ID” tries these again, and no others.

Examples:
  $ swapmeet downloads failures 5f0c21aa
`;

async function list(id: string, command: Command): Promise<void> {
  const output = outputOf(command);
  const peer = await connectToPeer(globalsOf(command));
  const pages = pagesOf((page) => peer.call('failures', { id, ...page }));
  if ((await printRows(output, pages, FORM)) === 0) output.note('None of its files failed.');
}

/** `swapmeet downloads failures`. */
export function addDownloadFailures(downloads: Command): void {
  downloads
    .command('failures')
    .summary('list the files of a folder that failed')
    .description('Lists the files of a folder that failed, each with the reason.')
    .argument('<id>', 'an id, or as much of it as tells it apart')
    .addHelpText('after', HELP)
    .action((id: string, _options: object, itself: Command) => {
      refuseFilters(itself, []);
      return list(id, itself);
    });
}
