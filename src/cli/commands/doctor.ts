import type { Command } from 'commander';
import type { ReplyOf } from '../../api/contract.ts';
import { formatCount } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import { connectToPeer } from '../peer-client.ts';
import { stopSignal } from '../signals.ts';

type Finding = ReplyOf<'doctor'>;
type Own = Extract<Finding, { kind: 'self' }>;
type Other = Extract<Finding, { kind: 'peer' }>;
type Way = Other['ways'][number];

/** What a way is called where a person reads of it. */
const WAY_NAMES: Readonly<Record<Way['kind'], string>> = {
  direct: 'direct',
  private: 'private address',
  'dial-back': 'dial-back',
  relay: 'relay',
};
/** How one is reached by it. */
const BY_WAY: Readonly<Record<Way['kind'], string>> = {
  direct: 'directly',
  private: 'at its private address',
  'dial-back': 'by dial-back',
  relay: 'through the relay',
};
const NAME_WIDTH = 19;
/** Clocks are compared to the second. */
const CLOCK_EQUAL_S = 2;

function fact(name: string, text: string): string {
  return `  ${name.padEnd(NAME_WIDTH)}${text}`;
}

function mappingText(mapping: Own['portMapping']): string {
  switch (mapping.state) {
    case 'mapped':
      return `port ${mapping.externalPort} of the router ${mapping.router}, by ${mapping.by}`;
    case 'none':
      return `none: ${mapping.message}`;
    case 'searching':
      return 'a router is being looked for';
    case 'off':
      return 'off: not needed on this network, or not wanted';
  }
}

function clockText(aheadS: number): string {
  if (Math.abs(aheadS) <= CLOCK_EQUAL_S) return "as the server's";
  return `${Math.abs(aheadS)} s ${aheadS > 0 ? 'ahead of' : 'behind'} the server's`;
}

function adviceLines(advice: readonly string[]): string[] {
  return advice.map((sentence) => `  → ${sentence}`);
}

/** What is told of this peer. */
export function ownLines({ username, server, link, listen, lan, portMapping, clockAheadS, advice }: Own): string[] {
  const state = link.state === 'online' ? 'online' : `not connected (${link.state})`;
  const published = link.state === 'online' ? (link.address ?? 'no: nobody can dial this peer') : undefined;
  return [
    `${username}, this peer: ${state} at ${server}`,
    fact('listens on', listen),
    ...(published === undefined ? [] : [fact('published', published)]),
    ...(lan.length === 0 ? [] : [fact('private addresses', lan.join(', '))]),
    fact('port mapping', mappingText(portMapping)),
    ...(clockAheadS === undefined ? [] : [fact('clock', clockText(clockAheadS))]),
    ...adviceLines(advice),
  ];
}

function wayLine({ kind, address, tookMs, error }: Way): string {
  const name = [WAY_NAMES[kind], ...(address === undefined ? [] : [address])].join(' ');
  return tookMs === undefined ? `  ✗ ${name}: ${error?.message ?? 'failed'}` : `  ✓ ${name}, ${tookMs} ms`;
}

/** What is told of another peer. */
export function peerLines({ username, ways, reachedBy, reachesUsBy, advice }: Other): string[] {
  if (ways.length === 0) return [username, ...adviceLines(advice)];
  const there = reachedBy === undefined ? `${username}: not reached` : `${username}: reached ${BY_WAY[reachedBy]}`;
  const back = reachesUsBy === undefined ? 'it can’t reach this peer' : `it reaches this peer ${BY_WAY[reachesUsBy]}`;
  return [`${there}; ${back}`, ...ways.map(wayLine), ...adviceLines(advice)];
}

const HELP = `
Each way to each peer that is online is tried: its published address, its private ones where it is behind the same router,
dial-back (it is asked to dial this peer), and the relay through the server. Downloads use the first that works. Where
something could be better, an arrow says what to do.

With --json: a line for this peer ("kind":"self"), then one for each other ("kind":"peer").

Examples:
  $ swapmeet doctor
  $ swapmeet doctor bob
  $ swapmeet doctor --json | jq -r 'select(.kind == "peer" and .reachedBy == null).username'
`;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .argument('[peer]', 'a username or id; everybody who is online when left out')
    .summary('find out who reaches whom, and what to do where nobody does')
    .description('Tries all ways to other peers, and says what can be done where none works.')
    .addHelpText('after', HELP)
    .action(async (peer: string | undefined, _options: object, command: Command) => {
      const client = await connectToPeer(globalsOf(command));
      const output = outputOf(command);
      let others = 0;
      for await (const finding of client.watch('doctor', { peer }, stopSignal())) {
        if (output.json) await output.record(finding);
        else if (finding.kind === 'self') await output.lines(ownLines(finding));
        else await output.lines(['', ...peerLines(finding)]);
        if (finding.kind === 'self' && peer === undefined) output.note('Trying everybody who is online …');
        else if (finding.kind === 'peer') others += 1;
      }
      if (peer === undefined) output.note(`Tried ${formatCount(others, 'other peer', 'other peers')}.`);
    });
}
