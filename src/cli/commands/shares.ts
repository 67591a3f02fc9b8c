import { Option, type Command } from 'commander';
import type { ReplyOf, RowOf } from '../../api/contract.ts';
import { formatCount, formatSize, percentOf } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { HASHING_PAUSED } from '../hashing-progress.ts';
import { connectToPeer } from '../peer-client.ts';
import { shareRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

type Share = RowOf<'shares'>;
type Pace = ReplyOf<'status'>['hashingPace'];
type Options = { readonly pauseHashing?: true; readonly resumeHashing?: true };

function stateOf({ looking, hashing, postponedFiles, damagedFiles, error }: Share): string {
  if (error) return 'unreadable';
  // Until all is found nobody knows how much there is to hash.
  if (looking) return `looking: ${looking.filesFound} so far`;
  if (hashing) return `hashing ${percentOf(hashing.bytesDone, hashing.bytesTotal)}%`;
  if (damagedFiles !== undefined) return `${damagedFiles} damaged`;
  return postponedFiles === undefined ? 'complete' : `${postponedFiles} postponed`;
}

const UNWATCHED_NOTE =
  'changes show only after some minutes: the system can’t tell of them in so many folders (on Linux, raise ' +
  'fs.inotify.max_user_watches and start the peer anew)';

/** Why the state of a share is what it is, where a person may want to act. */
function notesOf({ label, postponedFiles = 0, damagedFiles = 0, unwatched, error }: Share): string[] {
  const files = formatCount(postponedFiles, 'file is', 'files are');
  return [
    ...(postponedFiles > 0
      ? [`${label}: ${files} not shared yet: being written, or not readable; the peer tries again`]
      : []),
    ...(damagedFiles > 0
      ? [
          `${label}: ${formatCount(damagedFiles, 'file is', 'files are')} damaged and not shared: see “swapmeet verify --known”`,
        ]
      : []),
    ...(unwatched ? [`${label}: ${UNWATCHED_NOTE}`] : []),
    ...(error ? [`${label}: ${error.message} (${error.code})`] : []),
  ];
}

function shareForm(hashingPace: Pace): RowForm<Share> {
  return {
    columns: [
      { title: 'STATE', text: stateOf },
      { title: 'FILES', text: ({ files }) => String(files), align: 'right' },
      { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
      { title: 'LABEL', text: ({ label }) => label },
      { title: 'FOLDER', text: ({ folder }) => folder },
    ],
    record: (share) => shareRecord(share, hashingPace),
  };
}

const HELP = `
Shares are given to the peer when it starts: swapmeet peer --share [LABEL=]DIR

While downloads run, hashing takes a quarter of its speed. --pause-hashing has it wait, --resume-hashing has it go on, as does
a new start of the peer. What is hashed stays shared meanwhile.

“looking” means that the peer goes through the folder: how much there is, and is to be hashed, is known at its end.

Examples:
  $ swapmeet shares
  $ swapmeet shares --pause-hashing
  $ swapmeet shares --json | jq 'select(.hashing)'
`;

async function showShares({ pauseHashing, resumeHashing }: Options, command: Command): Promise<void> {
  const output = outputOf(command);
  const peer = await connectToPeer(globalsOf(command));
  if (pauseHashing ?? resumeHashing) await peer.call('pauseHashing', { paused: pauseHashing === true });
  const [{ hashingPace }, { rows }] = await Promise.all([peer.call('status', {}), peer.call('shares', {})]);
  if ((await printRows(output, [rows], shareForm(hashingPace))) === 0) output.note('This peer shares nothing.');
  for (const note of rows.flatMap(notesOf)) output.note(note);
  const isHashing = rows.some(({ hashing }) => hashing);
  if (PACE_NOTES[hashingPace] !== '' && (isHashing || hashingPace === 'paused')) output.note(PACE_NOTES[hashingPace]);
}

const PACE_NOTES: Readonly<Record<Pace, string>> = {
  full: '',
  gentle: 'Hashing is slowed down while downloads run.',
  paused: `Hashing is ${HASHING_PAUSED}.`,
};

export function addSharesCommand(program: Command): void {
  program
    .command('shares')
    .summary('show the folders that this peer shares')
    .description('Shows the folders that this peer shares, how much is in them, and how far they are hashed.')
    .addOption(new Option('--pause-hashing', 'hash nothing until told to go on').conflicts('resumeHashing'))
    .option('--resume-hashing', 'go on with hashing')
    .addHelpText('after', HELP)
    .action(showShares);
}
