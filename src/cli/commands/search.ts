import type { Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import { parseCount } from '../arguments.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { hitRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

const HITS_DEFAULT = 50;

const HIT_FORM: RowForm<RowOf<'search'>> = {
  columns: [
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'SOURCES', text: ({ sourceCount }) => String(sourceCount), align: 'right' },
    { title: 'SHA-1', text: ({ sha1 }) => sha1 },
    { title: 'NAME', text: ({ path }) => path },
  ],
  record: hitRecord,
};

const HELP = `
All words must occur, anywhere in the path; case and accents don't matter.

  word -word       with the one, without the other
  "two words"      the phrase
  ext:flac,mp3     by extension
  type:video       audio, video, image, document, archive, code or program
  size:>100MB      by size
  peer:alice       of one peer, by username or id
  sha1:HEX         by hash; also root:HEX

A shell takes quotes and > for itself: put the whole query into single quotes.

Examples:
  $ swapmeet search holiday 2019
  $ swapmeet search --all 'type:video size:>1GB -trailer'
  $ swapmeet search --json ext:iso | jq -r .sha1
`;

export function addSearchCommand(program: Command): void {
  program
    .command('search')
    .summary('find files that can be fetched now')
    .description('Finds files of all peers that are online, the best match first. Files of equal content are one hit.')
    .argument('<query...>', 'words and filters')
    .option('--limit <n>', `show at most so many hits (default: ${HITS_DEFAULT})`, parseCount)
    .option('--all', 'show every hit')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: { limit?: number; all?: true }, command: Command) => {
      const peer = await connectToPeer(globalsOf(command));
      const output = outputOf(command);
      const query = words.join(' ');
      const rowsMax = options.limit ?? (options.all ? undefined : HITS_DEFAULT);
      const pages = pagesOf((page) => peer.call('search', { query, ...page }), {
        rowsMax,
        onMore: () => {
          output.note('There are more: --limit N or --all shows them.');
        },
      });
      if ((await printRows(output, pages, HIT_FORM)) === 0)
        output.note(
          'Nothing found among the peers that are online. Fewer words, or parts of them, find more; “swapmeet peers” shows who is there.',
        );
    });
}
