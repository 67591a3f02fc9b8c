import { Option, type Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import type { PresenceFilter } from '../../protocol/codecs/listing.ts';
import { formatAge, formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { peerRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

function lastSeenText({ presence, lastSeenS }: RowOf<'peers'>): string {
  if (presence === 'online') return 'now';
  return lastSeenS === undefined ? '' : formatAge(Date.now() / 1_000 - lastSeenS);
}

const PEER_FORM: RowForm<RowOf<'peers'>> = {
  columns: [
    { title: 'PRESENCE', text: ({ presence }) => presence },
    { title: 'LAST SEEN', text: lastSeenText, align: 'right' },
    { title: 'FILES', text: ({ files }) => String(files), align: 'right' },
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'ID', text: ({ id }) => id },
    { title: 'USERNAME', text: ({ username }) => username },
  ],
  record: peerRecord,
};

const HELP = `
Examples:
  $ swapmeet peers
  $ swapmeet peers --all --json | jq -r 'select(.files > 0).username'
`;

type PeersOptions = { readonly online?: true; readonly offline?: true; readonly all?: true };

function filterOf({ offline, all }: PeersOptions): PresenceFilter {
  if (all) return 'all';
  return offline ? 'offline' : 'online';
}

export function addPeersCommand(program: Command): void {
  program
    .command('peers')
    .summary('show who is there')
    .description('Shows the peers of the network, with how much they share, and when they were last heard of.')
    .addOption(new Option('--online', 'those who are online (the default)').conflicts(['offline', 'all']))
    .addOption(new Option('--offline', 'those who are registered but not online').conflicts('all'))
    .option('--all', 'everybody who is registered')
    .addHelpText('after', HELP)
    .action(async (options: PeersOptions, command: Command) => {
      const peer = await connectToPeer(globalsOf(command));
      const output = outputOf(command);
      const presence = filterOf(options);
      const pages = pagesOf((page) => peer.call('peers', { presence, ...page }));
      if ((await printRows(output, pages, PEER_FORM)) === 0)
        output.note('Nobody. “swapmeet peers --all” shows everybody who is registered.');
    });
}
