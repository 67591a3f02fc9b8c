import type { Command } from 'commander';
import { globalsOf, outputOf } from '../globals.ts';
import type { Output } from '../output.ts';
import { connectToPeer } from '../peer-client.ts';

const HELP = `
Where there is not enough for all, a friend gets four times what another peer gets: of the slots, and of the limit (“swapmeet limits”).
Nobody gets nothing. A friend is known by the username, which the server gives to one person at a time.

Examples:
  $ swapmeet friends
  $ swapmeet friends add alice bob
  $ swapmeet friends remove bob
`;

async function show(names: readonly string[], output: Output): Promise<void> {
  if (output.json) await output.records(names.map((username) => ({ username })));
  else if (names.length === 0) output.note('No friends yet: “swapmeet friends add NAME”.');
  else await output.lines(names);
}

async function list(command: Command): Promise<void> {
  const peer = await connectToPeer(globalsOf(command));
  const { rows } = await peer.call('friends', {});
  await show(rows, outputOf(command));
}

async function change(usernames: readonly string[], friend: boolean, command: Command): Promise<void> {
  const peer = await connectToPeer(globalsOf(command));
  const { rows } = await peer.call('setFriends', { usernames, friend });
  await show(rows, outputOf(command));
}

export function addFriendsCommand(program: Command): void {
  const friends = program
    .command('friends')
    .summary('choose who is served before others')
    .description('Shows and changes whom this peer gives a larger share of its uploads.')
    .addHelpText('after', HELP)
    .action((_options: object, command: Command) => list(command));
  friends
    .command('add')
    .description('Gives peers a larger share.')
    .argument('<name...>', 'usernames')
    .action((names: string[], _options: object, command: Command) => change(names, true, command));
  friends
    .command('remove')
    .description('Gives peers the same share as others again.')
    .argument('<name...>', 'usernames')
    .action((names: string[], _options: object, command: Command) => change(names, false, command));
}
