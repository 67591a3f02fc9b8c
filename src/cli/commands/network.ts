import type { Command } from 'commander';
import type { ReplyOf } from '../../api/contract.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { connectToPeer } from '../peer-client.ts';
import { networkRecord } from '../records.ts';

function networkLines(totals: ReplyOf<'network'>): string[] {
  return [
    `peers     ${totals.peersOnline} online, ${totals.peers} registered`,
    `files     ${totals.entries}, ${formatSize(totals.sizeBytes)}`,
    `contents  ${totals.contents}, of which only one peer holds ${totals.contentsAtRisk}`,
  ];
}

const HELP = `
Examples:
  $ swapmeet network
  $ swapmeet network --json | jq .contentsAtRisk
`;

export function addNetworkCommand(program: Command): void {
  program
    .command('network')
    .summary('show the whole network in figures')
    .description('Shows how many peers there are, how much they share, and how much of it only one peer holds.')
    .addHelpText('after', HELP)
    .action(async (_options: object, command: Command) => {
      const output = outputOf(command);
      const totals = await (await connectToPeer(globalsOf(command))).call('network', {});
      await (output.json ? output.record(networkRecord(totals)) : output.lines(networkLines(totals)));
    });
}
