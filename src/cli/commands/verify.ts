import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ReplyOf, RowOf } from '../../api/contract.ts';
import { GO_ON_HOURS_MAX } from '../../peer/verify-view.ts';
import { createBar } from '../bar.ts';
import { formatCount, formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import type { Output } from '../output.ts';
import { connectToPeer } from '../peer-client.ts';
import { damageRecord } from '../records.ts';
import { EXIT_INTERRUPTED, stopSignal } from '../signals.ts';

type Report = ReplyOf<'verify'>;
type Damage = RowOf<'damages'>;

const EXIT_DAMAGED = 1;

const HELP = `
Every byte is read again and compared with the hashes that were made when the file was shared. A file that differs although
nobody changed it (its size, time and inode are the same) is damaged: it is not shared any more, and is listed until it is
right again or replaced. A file that somebody changed is hashed anew, as always.

With --repair, only the pieces that are wrong are fetched, into a copy, which is verified and takes the file's place in one step, with
its mode and time. Where nobody online has the content the file stays as it is, and can be repaired later.

While downloads run, verifying takes a quarter of its speed. Interrupted, the same command goes on where it was, if that began at
most ${GO_ON_HOURS_MAX} hours ago: how many files were read since then, and were right, is told at the end. The exit
code is 0 when everything is right (again), and 1 when something is damaged or can't be read; with --known too. What names
nothing that is shared fails as well (not-found).

Examples:
  $ swapmeet verify                           everything that this peer shares
  $ swapmeet verify music files/disk.iso      a share, a file as browse shows it
  $ swapmeet verify ./live                    a folder on disk
  $ swapmeet verify --known                   what is known to be damaged; reads nothing
  $ swapmeet verify --known --repair          repairs that
`;

/** Names as the peer takes them: what looks like a path on this disk becomes absolute. */
function nameOf(text: string): string {
  return /^\.{1,2}([/\\]|$)/.test(text) ? resolve(text) : text;
}

export function damageLines({ path, badPieces, badBytes, sizeBytes, pieceBytes, goodMs }: Damage): string[] {
  const pieces = badPieces.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
  const since = goodMs === undefined ? 'an unknown time' : new Date(goodMs).toISOString();
  return [
    `damaged  ${path}`,
    `         ${formatSize(badBytes)} of ${formatSize(sizeBytes)}: pieces ${pieces} of ${formatSize(pieceBytes)} each`,
    `         known to be right at ${since}`,
  ];
}

function reportLines(report: Report): string[] {
  switch (report.kind) {
    case 'progress':
      return [];
    case 'damaged':
      return damageLines(report);
    case 'healed':
      return [`right again  ${report.path}`];
    case 'repaired':
      return [`repaired  ${report.path}  (${formatSize(report.fetchedBytes)} fetched)`];
    case 'not-repaired':
      return [`not repaired  ${report.path}: ${report.error.message} (${report.error.code})`];
    case 'unreadable':
      return [`unreadable  ${report.path}: ${report.error.message}`];
    case 'end': {
      const { filesDone, bytesDone, filesEarlier, bytesEarlier, damaged, repaired, unreadable } = report;
      const failures = [
        ...(damaged > 0 ? [`${damaged} damaged, ${repaired} repaired`] : []),
        ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
      ];
      const found = failures.length > 0 ? failures.join(', ') : 'all right';
      return [
        `${formatCount(filesDone, 'file', 'files')}, ${formatSize(bytesDone)}: ${found}`,
        ...(filesEarlier > 0
          ? [
              `${formatCount(filesEarlier, 'more file', 'more files')}, ${formatSize(bytesEarlier)}: right when they were read earlier, and not read again`,
            ]
          : []),
      ];
    }
  }
}

/** A bar on a terminal; nothing elsewhere. */
async function createDisplay(output: Output) {
  const bar = process.stderr.isTTY && !output.json ? await createBar() : undefined;
  return {
    async show(report: Report): Promise<void> {
      if (output.json)
        return output.record(report.kind === 'damaged' ? { kind: 'damaged', ...damageRecord(report) } : report);
      if (report.kind === 'progress') {
        const { bytesTotal, filesTotal } = report;
        const [files, bytes] = [report.filesDone + report.filesEarlier, report.bytesDone + report.bytesEarlier];
        const texts = [`${formatSize(bytes)} of ${formatSize(bytesTotal)}`, `${files} of ${filesTotal} files`];
        bar?.draw(bytes, bytesTotal, { lead: 'verifying', texts });
        return;
      }
      await output.lines(reportLines(report));
    },
    stop: () => bar?.stop(),
  };
}

type Options = { readonly known?: true; readonly repair?: true };

async function verify(names: readonly string[], options: Options, command: Command): Promise<void> {
  const output = outputOf(command);
  const peer = await connectToPeer(globalsOf(command));
  const stop = stopSignal();
  const display = await createDisplay(output);
  let last: Report | undefined;
  try {
    for await (const report of peer.watch('verify', { names: names.map(nameOf), ...options }, stop)) {
      last = report;
      await display.show(report);
    }
  } finally {
    display.stop();
  }
  if (last?.kind !== 'end') {
    output.note(
      `Interrupted: the same command goes on where this one was, until ${GO_ON_HOURS_MAX} hours after it began.`,
    );
    process.exitCode = EXIT_INTERRUPTED;
  } else if (last.damaged - last.repaired + last.unreadable > 0) process.exitCode = EXIT_DAMAGED;
}

async function showKnown(names: readonly string[], command: Command): Promise<void> {
  const output = outputOf(command);
  const peer = await connectToPeer(globalsOf(command));
  // Nothing is left half done where a signal ends the process.
  const never = new AbortController().signal;
  let count = 0;
  for await (const report of peer.watch('verify', { names: names.map(nameOf), known: true }, never)) {
    if (report.kind !== 'damaged') continue;
    count += 1;
    if (output.json) await output.record(damageRecord(report));
    else await output.lines(damageLines(report));
  }
  if (count === 0) output.note('Nothing is known to be damaged.');
  else process.exitCode = EXIT_DAMAGED;
}

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .summary('reread shared files, and find what is damaged')
    .description('Rereads the files that this peer shares, and finds those that were damaged on the disk.')
    .argument('[what...]', 'shares, or files and folders in them; all when none is named')
    .option('--known', 'list what is known to be damaged, and read nothing')
    .option('--repair', 'fetch the damaged pieces from peers that hold the file whole')
    .addHelpText('after', HELP)
    .action((names: string[], options: Options, command: Command) =>
      options.known && !options.repair ? showKnown(names, command) : verify(names, options, command),
    );
}
