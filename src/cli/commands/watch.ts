import type { Command } from 'commander';
import type { ApiClient } from '../../api/client.ts';
import type { RowOf } from '../../api/contract.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { formatCount, formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { nameText } from '../other-names.ts';
import type { Output } from '../output.ts';
import { connectToPeer } from '../peer-client.ts';
import { addQueryCommand } from '../query-command.ts';
import { hitRecord } from '../records.ts';
import { stopSignal } from '../signals.ts';
import { printRows, type RowForm } from '../table.ts';

type Watch = RowOf<'watches'>;

const WATCH_FORM: RowForm<Watch> = {
  columns: [
    { title: 'ID', text: ({ id }) => id },
    { title: 'GET', text: ({ get }) => (get ? 'yes' : 'no') },
    { title: 'WAITING', text: ({ waiting, more }) => `${waiting}${more ? '+' : ''}`, align: 'right' },
    { title: 'QUERY', text: ({ query }) => query },
  ],
  record: (watch) => watch,
};

const HELP = `
The query is one of search; see there. It stays with the server until it is removed, also when this command ends, and when
the peer or the server are started anew. What appears while nobody looks waits, and is shown by the same command again.
What is there already is not shown: search finds it.

With --get the peer downloads what appears, by itself, into its downloads folder, and the command returns at once.

Examples:
  $ swapmeet watch holiday 2027
  $ swapmeet watch --get 'ext:flac "blue album"'
  $ swapmeet watch --json type:video | jq -r .sha1
  $ swapmeet watch --list
  $ swapmeet watch --remove 5f0c21aa
`;

type Options = { readonly get?: true; readonly list?: true; readonly remove?: string };

async function list(peer: ApiClient, output: Output): Promise<void> {
  const { rows } = await peer.call('watches', {});
  if ((await printRows(output, [rows], WATCH_FORM)) === 0) {
    output.note('No watches: “swapmeet watch QUERY” leaves one with the server.');
  }
}

async function remove(peer: ApiClient, id: string, output: Output): Promise<void> {
  const { rows } = await peer.call('removeWatch', { id });
  output.note(`Removed; ${formatCount(rows.length, 'watch is', 'watches are')} left.`);
}

/** Prints what appears until the person stops it, or the peer ends. */
async function follow(peer: ApiClient, watch: Watch, output: Output): Promise<void> {
  const { link } = await peer.call('status', {});
  const place = link.state === 'online' ? 'stays with the server' : 'will be left with the server when connected';
  output.note(
    `Watch ${watch.id} ${place}; Ctrl-C ends only this display. “swapmeet watch --remove ${watch.id}” removes it.`,
  );
  if (watch.more)
    output.note('More matches than a watch keeps: the rest follows by and by, or “swapmeet search” finds it.');
  const stop = stopSignal();
  for await (const row of peer.watch('watchMatches', { id: watch.id }, stop)) {
    const { sizeBytes, sha1, holders } = row;
    const from = holders.map(({ username }) => username).join(', ');
    await (output.json
      ? output.record(hitRecord(row))
      : output.lines([`${formatSize(sizeBytes).padStart(8)}  ${sha1}  ${nameText(row)}  ${from}`.trimEnd()]));
    await peer.call('shownMatches', { id: watch.id, position: row.position });
  }
  if (!stop.aborted) throw new SwapmeetError('disconnected', 'the peer stopped; the watch stays with the server');
}

async function leave(query: string, options: Options, peer: ApiClient, output: Output): Promise<void> {
  if (query === '') {
    throw new SwapmeetError('bad-argument', 'say what to watch for, or give --list or --remove ID');
  }
  const watch = await peer.call('addWatch', { query, get: options.get ?? false });
  if (!watch.get) return follow(peer, watch, output);
  if (output.json) await output.record(watch);
  const how = options.get ? 'the peer downloads what appears' : 'the peer downloads what appears, and goes on with it';
  output.note(`Watch ${watch.id}: ${how}. “swapmeet watch --remove ${watch.id}” ends that.`);
}

export function addWatchCommand(program: Command): void {
  addQueryCommand(program, 'watch')
    .summary('be told when files appear that match')
    .description('Leaves a search with the server and shows what matches as soon as somebody shares it.')
    .argument('[query...]', 'words and filters, as search takes them')
    .option('--get', 'download what appears, instead of showing it')
    .option('--list', 'show the watches of this peer')
    .option('--remove <id>', 'take a watch back')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: Options, command: Command) => {
      const output = outputOf(command);
      const peer = await connectToPeer(globalsOf(command));
      if (options.list) return list(peer, output);
      if (options.remove !== undefined) return remove(peer, options.remove, output);
      return leave(words.join(' '), options, peer, output);
    });
}
