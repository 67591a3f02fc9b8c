import { InvalidArgumentError, type Command } from 'commander';
import type { ReplyOf, RowOf } from '../../api/contract.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import type { PageRequest } from '../../protocol/codecs/page.ts';
import { parseCount } from '../arguments.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { nameText } from '../other-names.ts';
import type { Output } from '../output.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { addQueryCommand } from '../query-command.ts';
import { hintsFor } from '../query-hints.ts';
import { hitRecord, summaryRecord } from '../records.ts';
import { printRows, type Column, type RowForm } from '../table.ts';

const HITS_DEFAULT = 50;
const EVERY_HIT = 'all';
/** So many hits are among the best of what matches, however much that is; who wants more wants all of it looked at. */
const BEST_HITS_MAX = 100;

type Hit = RowOf<'search'>;
type Summary = Pick<ReplyOf<'search'>, 'total' | 'bounded' | 'facets'>;
type SearchOptions = { readonly limit?: number | typeof EVERY_HIT; readonly all?: true; readonly facets?: true };

const SOURCES: Column<Hit> = {
  title: 'SOURCES',
  text: ({ sourceCount }) => (sourceCount === 0 ? 'offline' : String(sourceCount)),
  align: 'right',
};
const HOLDERS: Column<Hit> = { title: 'HOLDERS', text: ({ holderCount }) => String(holderCount), align: 'right' };

function hitForm({ all }: SearchOptions): RowForm<Hit> {
  return {
    columns: [
      { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
      SOURCES,
      ...(all ? [HOLDERS] : []),
      { title: 'SHA-1', text: ({ sha1 }) => sha1 },
      { title: 'NAME', text: nameText },
    ],
    record: hitRecord,
  };
}

function parseLimit(text: string): number | typeof EVERY_HIT {
  if (text === EVERY_HIT) return EVERY_HIT;
  try {
    return parseCount(text);
  } catch {
    throw new InvalidArgumentError('It must be a whole number from 1 on, or all.');
  }
}

function rowsMaxOf({ limit = HITS_DEFAULT }: SearchOptions): number | undefined {
  return limit === EVERY_HIT ? undefined : limit;
}

/** What is told of all hits together, those that are not shown included. */
async function printSummary(output: Output, summary: Summary): Promise<void> {
  const { facets, bounded } = summary;
  if (bounded) output.warn(BOUNDED_NOTE);
  if (!facets) return;
  if (output.json) {
    await output.record(summaryRecord(summary));
    return;
  }
  const line = (name: string, counts: readonly { value: string; count: number }[]): string =>
    `${name}  ${counts.map(({ value, count }) => `${value} ${count}`).join(', ')}`;
  await output.lines(['', line('type:', facets.types), line('ext: ', facets.extensions)]);
}

const BOUNDED_NOTE = `So much matches that only a part was looked at: a further word finds better hits, and --limit ${EVERY_HIT} looks at all.`;

function emptyNote({ all }: SearchOptions): string {
  const advice = 'Fewer words, or parts of them, find more';
  return all
    ? `Nothing found. ${advice}.`
    : `Nothing found among the peers that are online. ${advice}; --all searches the others, too, “swapmeet peers” shows who is there.`;
}

async function search(words: readonly string[], options: SearchOptions, command: Command): Promise<void> {
  const query = words.join(' ');
  // Here it is known where a query is wrong, and nobody needs to be asked.
  parseQuery(query);
  const peer = await connectToPeer(globalsOf(command));
  const output = outputOf(command);
  let summary: Summary = { total: 0, bounded: false };
  const rowsMax = rowsMaxOf(options);
  const matches = rowsMax === undefined || rowsMax > BEST_HITS_MAX ? 'all' : undefined;
  const fetchPage = async (page: PageRequest) => {
    const isFirst = page.after === undefined;
    const facets = isFirst && options.facets ? 'yes' : undefined;
    const reply = await peer.call('search', { query, holders: options.all && 'all', matches, facets, ...page });
    if (isFirst) summary = reply;
    return reply;
  };
  const onMore = (): void => {
    const total = summary.bounded ? `at least ${summary.total}` : summary.total;
    output.note(`There are more, ${total} in all: --limit N or --limit ${EVERY_HIT} shows them.`);
  };
  const pages = pagesOf(fetchPage, { rowsMax, onMore });
  if ((await printRows(output, pages, hitForm(options))) === 0 && !output.json) {
    for (const note of [emptyNote(options), ...(await hintsFor(peer, query))]) output.note(note);
  }
  await printSummary(output, summary);
}

const HELP = `
All words must occur, anywhere in the path; case and accents don't matter.

  word -word       with the one, without the other
  "two words"      the phrase
  ext:flac,mp3     by extension
  type:video       audio, video, image, document, archive, code or program
  size:>100MB      by size
  peer:alice       of one peer, by username or id
  sha1:HEX         by hash; also root:HEX

A shell takes quotes and > for itself: put the whole query into single quotes. What begins with two dashes comes after two
that stand alone: swapmeet search -- '--draft--'
What only peers hold that are offline can be asked for by get, too: it starts when one of them is back.

Examples:
  $ swapmeet search holiday 2019
  $ swapmeet search --limit all 'type:video size:>1GB -trailer'
  $ swapmeet search --all --facets holiday               also what nobody online has
  $ swapmeet search --json ext:iso | jq -r .sha1
`;

export function addSearchCommand(program: Command): void {
  addQueryCommand(program, 'search')
    .summary('find files')
    .description('Finds files of all peers that are online, the best match first. Files of equal content are one hit.')
    .argument('<query...>', 'words and filters')
    .option('--limit <n>', `show at most so many hits, or ${EVERY_HIT} (default: ${HITS_DEFAULT})`, parseLimit)
    .option('--all', 'find what peers hold that are offline, too')
    .option('--facets', 'tell how many hits there are of each type and extension')
    .addHelpText('after', HELP)
    .action(search);
}
