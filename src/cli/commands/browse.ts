import type { Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import { withoutSlash } from '../arguments.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { entryRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

/** Paths are whole, so that PEER:PATH can be given to get as it stands there. */
const ENTRY_FORM: RowForm<RowOf<'browse'>> = {
  columns: [
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'SHA-1', text: ({ sha1 }) => sha1 },
    { title: 'PATH', text: ({ path }) => path },
  ],
  record: entryRecord,
};

function emptyNote(peerName: string, folder: string | undefined): string {
  if (folder === undefined) return `${peerName} shares no files.`;
  return `${peerName} shares nothing at ${folder}: “swapmeet browse ${peerName}” lists everything.`;
}

const HELP = `
Examples:
  $ swapmeet browse alice
  $ swapmeet browse alice music/live
  $ swapmeet get alice:music/live/encore.flac            PEER:PATH, the path as browse shows it
  $ swapmeet browse alice --json | jq -s 'map(.size) | add'
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
      const folder = path === undefined ? undefined : withoutSlash(path);
      const pages = pagesOf((page) => peer.call('browse', { peer: peerName, path: folder, ...page }));
      if ((await printRows(output, pages, ENTRY_FORM)) === 0) output.note(emptyNote(peerName, folder));
    });
}
