import type { Command } from 'commander';
import type { InputOf, ReplyOf } from '../../api/contract.ts';
import { NO_RATES, parseRate, RATE_WORDS, type Rate, type RateName } from '../../domain/rates/rate.ts';
import { collect, parseCount } from '../arguments.ts';
import { formatRate } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { connectToPeer } from '../peer-client.ts';
import { printRows, type RowForm } from '../table.ts';

type Limits = ReplyOf<'limits'>;
type Changes = InputOf<'changeLimits'>;
/** An option can't be null itself. */
type Chosen = { readonly rate: Rate };
type Options = Readonly<Partial<Record<RateName, Chosen>>> & {
  readonly slots?: number;
  readonly schedule?: readonly string[];
  readonly none?: true;
};

const RATE_NAMES = Object.keys(RATE_WORDS) as RateName[];

const HELP = `
RATE is a size a second: 800kB/s, 5MB/s, 2.5MiB/s (at least 10kB/s), or none. --up and --down hold for all peers together, --up-each and
--down-each for any one of them. What is not named stays as it is; all of it holds at once, and after a restart.

RULE is [DAYS] [HH:MM-HH:MM] and then limits that hold at those times instead: up, down, up-each, down-each, each with its RATE. Days
are mon-fri or sat,sun; times are those of this machine's clock, and may go past midnight. Of several rules the last one that fits wins.

So many peers as there are slots are served at the same time. The others wait for their turn, which comes round: all get the same, however
many connections they have, and friends (“swapmeet friends”) get four times as much.

Examples:
  $ swapmeet limits                                     what holds
  $ swapmeet limits --up 5MB/s --down-each 20MB/s
  $ swapmeet limits --schedule 'mon-fri 08:00-18:00 up 1MB/s down 2MB/s' --schedule 'sat,sun up none'
  $ swapmeet limits --schedule none
  $ swapmeet limits --none
`;

type Row = { readonly name: string; readonly chosen: string; readonly now: string };

const FORM: RowForm<Row> = {
  columns: [
    { title: 'LIMIT', text: ({ name }) => name },
    { title: 'NOW', text: ({ now }) => now },
    { title: 'CHOSEN', text: ({ chosen }) => chosen },
  ],
  record: (row) => row,
};

function rateText(rate: Rate): string {
  return rate === null ? 'none' : formatRate(rate);
}

function rowsOf({ now, slots, schedule, ...chosen }: Limits): readonly Row[] {
  return [
    ...RATE_NAMES.map((name) => ({ name: RATE_WORDS[name], chosen: rateText(chosen[name]), now: rateText(now[name]) })),
    { name: 'slots', chosen: String(slots), now: String(slots) },
    ...schedule.map((rule) => ({ name: 'schedule', chosen: rule, now: '' })),
  ];
}

/** `--schedule none` alone takes back all rules. */
function rulesOf(rules: readonly string[]): readonly string[] {
  return rules.filter((rule) => rule.trim().toLowerCase() !== 'none');
}

function changesOf({ none, schedule, slots, ...chosen }: Options): Changes {
  const rates = Object.entries(chosen).map(([name, { rate }]) => [name, rate] as const);
  return {
    ...(none && { ...NO_RATES, schedule: [] }),
    ...Object.fromEntries(rates),
    ...(slots !== undefined && { slots }),
    ...(schedule && { schedule: rulesOf(schedule) }),
  };
}

function choose(text: string): Chosen {
  return { rate: parseRate(text) };
}

async function showLimits(options: Options, command: Command): Promise<void> {
  const output = outputOf(command);
  const changes = changesOf(options);
  const peer = await connectToPeer(globalsOf(command));
  const isChange = Object.keys(changes).length > 0;
  const limits = isChange ? await peer.call('changeLimits', changes) : await peer.call('limits', {});
  if (output.json) await output.record(limits);
  else await printRows(output, [rowsOf(limits)], FORM);
}

export function addLimitsCommand(program: Command): void {
  program
    .command('limits')
    .summary('show or set how fast this peer uploads and downloads')
    .description('Shows the limits of uploads and downloads, and sets those that are named.')
    .option('--up <rate>', 'what all uploads together may take', choose)
    .option('--down <rate>', 'what all downloads together may take', choose)
    .option('--up-each <rate>', 'what uploads to any one peer may take', choose)
    .option('--down-each <rate>', 'what downloads from any one peer may take', choose)
    .option('--slots <n>', 'how many peers are served at the same time', parseCount)
    .option(
      '--schedule <rule>',
      'limits for some times; may be repeated, and replaces all former rules (none: there are none)',
      collect(String),
    )
    .option('--none', 'no limits and no schedule, but for what else is named')
    .addHelpText('after', HELP)
    .action((_options: Options, command: Command) => showLimits(command.opts<Options>(), command));
}
