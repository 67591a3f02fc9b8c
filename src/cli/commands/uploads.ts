import type { Command } from 'commander';
import type { RowOf } from '../../api/contract.ts';
import { formatRate, formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { connectToPeer } from '../peer-client.ts';
import { placeText } from '../place-text.ts';
import { uploadRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

type Upload = RowOf<'uploads'>;

const FORM: RowForm<Upload> = {
  columns: [
    { title: 'PEER', text: ({ username, isFriend }) => (isFriend ? `${username} (friend)` : username) },
    { title: 'RATE', text: ({ bytesPerSecond }) => formatRate(bytesPerSecond), align: 'right' },
    { title: 'SENT', text: ({ sentBytes }) => formatSize(sentBytes), align: 'right' },
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'PLACE', text: ({ queued }) => (queued ? placeText(queued) : '') },
    { title: 'NAME', text: ({ name }) => name },
  ],
  record: uploadRecord,
};

const HELP = `
Who waits for a turn has a place, 1 being next, and the time that it will take as far as it can be told.

Examples:
  $ swapmeet uploads
  $ swapmeet uploads --json | jq -r 'select(.queued) | .username'
`;

export function addUploadsCommand(program: Command): void {
  program
    .command('uploads')
    .summary('show who downloads from this peer')
    .description('Shows who downloads what from this peer now, how fast, and who waits for a turn.')
    .addHelpText('after', HELP)
    .action(async (_options: object, command: Command) => {
      const output = outputOf(command);
      const peer = await connectToPeer(globalsOf(command));
      const { rows } = await peer.call('uploads', {});
      if ((await printRows(output, [rows], FORM)) === 0) output.note('Nobody downloads from this peer now.');
    });
}
