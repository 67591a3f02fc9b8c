import { Option, type Command } from 'commander';
import type { InputOf } from '../../api/contract.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { parseFolder } from '../arguments.ts';
import { formatCount } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { connectToPeer } from '../peer-client.ts';
import { refuseFilters } from './downloads-filters.ts';

type Change = InputOf<'changeDownloads'>['change'];
type Selection = InputOf<'changeDownloads'>['selection'];
type State = NonNullable<Selection['state']>;

type Options = {
  readonly all?: true;
  readonly in?: string;
  readonly paused?: true;
  readonly failed?: true;
  readonly keepParts?: true;
  readonly front?: true;
  readonly back?: true;
  readonly before?: string;
};

/** So many ids go into one request. */
const IDS_MAX = 1_000;

type ChangeCommand = {
  readonly name: Change['action'];
  readonly summary: string;
  readonly description: string;
  /** What is told, after how many there were. */
  readonly done: string;
  /** States that a set may be cut down to. */
  readonly states: readonly Exclude<State, 'done'>[];
  readonly examples: readonly string[];
  readonly addOptions?: (command: Command) => void;
  readonly toChange?: (options: Options) => Change;
  /** What is changed where nobody says which. */
  readonly fallback?: Selection;
};

const COMMANDS: readonly ChangeCommand[] = [
  {
    name: 'pause',
    summary: 'let downloads rest',
    description: 'Stops downloads until they are resumed, also when the peer is started anew. What is fetched stays.',
    done: 'paused',
    states: [],
    examples: ['pause 5f0c21aa', 'pause --all', 'pause --in ~/Videos'],
  },
  {
    name: 'resume',
    summary: 'go on with what was paused',
    description: 'Goes on with paused downloads, at their place in the queue.',
    done: 'resumed',
    states: [],
    examples: ['resume 5f0c21aa', 'resume --all'],
  },
  {
    name: 'retry',
    summary: 'try again now',
    description: 'Tries again now what failed or waits; sources that sent wrong bytes get another chance.',
    done: 'tried again',
    states: ['failed'],
    examples: ['retry 5f0c21aa', 'retry --failed', 'retry --all'],
  },
  {
    name: 'cancel',
    summary: 'give downloads up',
    description: 'Takes downloads that are not done off the list and removes what was fetched of them.',
    done: 'cancelled',
    states: ['paused', 'failed'],
    examples: ['cancel 5f0c21aa', 'cancel --failed', 'cancel --all --keep-parts'],
    addOptions: (command) => command.option('--keep-parts', 'leave the partial files, NAME.part, where they are'),
    toChange: ({ keepParts }) => ({ action: 'cancel', keepParts: keepParts ?? false }),
  },
  {
    name: 'move',
    summary: 'change the order',
    description:
      'Moves downloads to the front or the back of the queue, or before another one. What is being fetched goes on: pause it if ' +
      'others are to begin at once.',
    done: 'moved',
    states: [],
    examples: ['move 5f0c21aa --front', 'move 5f0c21aa 77ab --before 90cd', 'move --in ~/Videos --back'],
    addOptions: (command) =>
      command
        .addOption(
          new Option('--front', 'they come next, after those that are being fetched').conflicts(['back', 'before']),
        )
        .addOption(new Option('--back', 'they come last').conflicts('before'))
        .option('--before <id>', 'they come before this one'),
    toChange: (options) => ({ action: 'move', to: targetOf(options) }),
  },
  {
    name: 'clear',
    summary: 'take what is done off the list',
    description: 'Takes downloads that are done off the list, or those that failed; files stay where they are.',
    done: 'cleared',
    states: ['failed'],
    examples: ['clear', 'clear --failed', 'clear 5f0c21aa'],
    fallback: { state: 'done' },
  },
];

function targetOf({ front, back, before }: Options) {
  if (before !== undefined) return { before };
  if (front) return 'front';
  if (back) return 'back';
  throw new SwapmeetError('bad-argument', 'say where to: --front, --back or --before ID');
}

/** What is selected, in as many requests as it takes. @throws SwapmeetError `bad-argument` where nothing says which */
function selectionsOf(ids: readonly string[], options: Options, { fallback }: ChangeCommand): readonly Selection[] {
  const { all, paused, failed } = options;
  const state = paused ? 'paused' : failed ? 'failed' : undefined;
  const folder = options.in;
  if (ids.length > 0) {
    const batches = Math.ceil(ids.length / IDS_MAX);
    return Array.from({ length: batches }, (_, at) => ({
      ids: ids.slice(at * IDS_MAX, (at + 1) * IDS_MAX),
      folder,
      state,
    }));
  }
  if (folder !== undefined || state !== undefined || all) return [{ folder, state }];
  if (fallback) return [fallback];
  throw new SwapmeetError('bad-argument', 'say which: ids as “swapmeet downloads” shows them, --all, or --in DIR');
}

async function run(ids: readonly string[], options: Options, spec: ChangeCommand, command: Command): Promise<void> {
  const selections = selectionsOf(ids, options, spec);
  const change = spec.toChange?.(options) ?? ({ action: spec.name } as Change);
  const output = outputOf(command);
  const peer = await connectToPeer(globalsOf(command));
  let count = 0;
  // The last batch is to come first, where the front is where they go.
  const ordered = options.front ? selections.toReversed() : selections;
  for (const selection of ordered) count += (await peer.call('changeDownloads', { selection, change })).count;
  if (output.json) await output.record({ action: spec.name, count });
  else output.note(`${formatCount(count, 'download', 'downloads')} ${spec.done}.`);
}

const SET_HELP: Readonly<Record<Exclude<State, 'done'>, string>> = {
  paused: 'those that are paused',
  failed: 'those that failed',
};

function addChange(parent: Command, spec: ChangeCommand): void {
  const examples = spec.examples.map((example) => `  $ swapmeet downloads ${example}\n`).join('');
  const command = parent
    .command(spec.name)
    .summary(spec.summary)
    .description(spec.description)
    .argument('[id...]', 'ids, or as much of them as tells them apart')
    .option('--all', 'all that this applies to')
    .option('--in <dir>', 'those whose files go into a folder, or one below it', parseFolder);
  for (const state of spec.states) command.option(`--${state}`, SET_HELP[state]);
  spec.addOptions?.(command);
  command
    .addHelpText('after', `\nExamples:\n${examples}`)
    .action((ids: string[], _options: Options, itself: Command) => {
      refuseFilters(itself, ['all', ...spec.states]);
      return run(ids, itself.optsWithGlobals(), spec, itself);
    });
}

/** `swapmeet downloads pause`, `resume` and so on. */
export function addDownloadChanges(downloads: Command): void {
  for (const spec of COMMANDS) addChange(downloads, spec);
}
