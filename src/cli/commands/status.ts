import type { Command } from 'commander';
import type { ReplyOf } from '../../api/contract.ts';
import { formatCount, formatRate, formatSize, percentOf } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { HASHING_PAUSED } from '../hashing-progress.ts';
import { connectToPeer } from '../peer-client.ts';
import { statusRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

type Status = ReplyOf<'status'>;
type Download = ReplyOf<'download'>;

const DOWNLOAD_FORM: RowForm<Download> = {
  columns: [
    { title: 'STATE', text: ({ state }) => state },
    {
      title: 'DONE',
      text: ({ verifiedBytes, sizeBytes }) => `${percentOf(verifiedBytes, sizeBytes)}%`,
      align: 'right',
    },
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'RATE', text: ({ bytesPerSecond }) => formatRate(bytesPerSecond), align: 'right' },
    { title: 'SHA-1', text: ({ sha1 }) => sha1 ?? '' },
    { title: 'NAME', text: ({ name }) => name },
  ],
  record: (download) => download,
};

function linkText(link: Status['link'], nowMs: number): string {
  switch (link.state) {
    case 'connecting':
      return 'connecting';
    case 'online':
      return `online with id ${link.id}, ${link.address ? `reached by others at ${link.address}` : 'not reached by others: is the port open?'}`;
    case 'offline':
      return `offline: ${link.message} (${link.code}); tries again in ${Math.max(0, Math.ceil((link.retryAtMs - nowMs) / 1000))} s`;
    case 'refused':
      return `refused: ${link.message} (${link.code})`;
  }
}

function statusLines(status: Status, nowMs: number): string[] {
  const files = formatCount(status.sharedFiles, 'file', 'files');
  const postponed = status.postponedFiles > 0 ? `, ${status.postponedFiles} postponed` : '';
  const damaged = status.damagedFiles > 0 ? `, ${status.damagedFiles} damaged` : '';
  return [
    `username   ${status.username}`,
    `server     ${status.server}`,
    `link       ${linkText(status.link, nowMs)}`,
    `listens    ${status.listen}`,
    `shares     ${files}, ${formatSize(status.sharedBytes)}, ${status.published ? 'published' : 'not yet published'}${postponed}${damaged}`,
    ...(status.hashingPace === 'paused' ? [`hashing    ${HASHING_PAUSED}`] : []),
    `downloads  ${status.activeDownloads} active`,
    `uploads    ${status.activeUploads} active`,
  ];
}

const HELP = `
Examples:
  $ swapmeet status
  $ swapmeet status --json | jq -e '.link.state == "online"'
`;

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .summary('show how this peer is doing')
    .description('Shows the link to the server, what is shared, and the downloads at work.')
    .addHelpText('after', HELP)
    .action(async (_options: object, command: Command) => {
      const output = outputOf(command);
      const peer = await connectToPeer(globalsOf(command));
      const [status, { rows }] = await Promise.all([
        peer.call('status', {}),
        peer.call('downloads', { filter: 'active' }),
      ]);
      if (output.json) {
        await output.record(statusRecord(status, rows));
        return;
      }
      await output.lines(statusLines(status, Date.now()));
      if (rows.length > 0) await output.lines(['']);
      await printRows(output, [rows], DOWNLOAD_FORM);
    });
}
