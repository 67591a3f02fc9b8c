import type { Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { entryRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

/** Names are shown relative to the folder that was asked for. */
function entryForm(folder: string | undefined): RowForm<RowOf<'browse'>> {
  const prefix = folder === undefined ? '' : `${folder}/`;
  return {
    columns: [
      { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
      { title: 'SHA-1', text: ({ sha1 }) => sha1 },
      { title: 'NAME', text: ({ path }) => (path.startsWith(prefix) ? path.slice(prefix.length) : path) },
    ],
    record: entryRecord,
  };
}

const HELP = `
Examples:
  $ swapmeet browse alice
  $ swapmeet browse alice music/live
  $ swapmeet get alice:music/live/encore.flac
`;

export function addBrowseCommand(program: Command): void {
  program
    .command('browse')
    .summary('list what a peer shares')
    .description(
      'Lists the files that a peer shares, all or those below a folder. A peer that is offline can be browsed, too.',
    )
    .argument('<peer>', 'a username or an id')
    .argument('[path]', 'a folder, as SHARE/PATH')
    .addHelpText('after', HELP)
    .action(async (peerName: string, path: string | undefined, _options: object, command: Command) => {
      const peer = await connectToPeer(globalsOf(command));
      const output = outputOf(command);
      // A shell completes folders with a slash.
      const folder = path?.replace(/\/+$/, '');
      const pages = pagesOf((page) => peer.call('browse', { peer: peerName, path: folder, ...page }));
      if ((await printRows(output, pages, entryForm(folder))) === 0) output.note('No files.');
    });
}
