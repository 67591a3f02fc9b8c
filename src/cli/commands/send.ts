import { buffer } from 'node:stream/consumers';
import { InvalidArgumentError, type Command } from 'commander';
import { SwapmeetError } from '../../domain/errors.ts';
import { decodeKo } from '../../protocol/ko.ts';
import { KO_OFFSET, MESSAGES, nameOfType } from '../../protocol/messages.ts';
import { globalsOf, outputOf, type Globals } from '../globals.ts';
import type { Output } from '../output.ts';
import { addPasswordOptions, promptPassword, readPassword, type PasswordOptions } from '../password.ts';
import { createRawExchange, type RawExchange, type RawReply } from '../raw-exchange.ts';
import { dialServer, parseTargetServer, serverOfPeer } from '../raw-target.ts';

type Options = PasswordOptions & {
  readonly to?: ReturnType<typeof parseTargetServer>;
  readonly plaintext?: true;
  readonly login?: string;
  readonly id?: string;
};

const TYPE_MAX = 65_535;

/** The code of a request by its name, or any number, known or not. @throws InvalidArgumentError */
export function parseType(text: string): number {
  const named = Object.entries(MESSAGES).find(([name]) => name === text.toUpperCase().replaceAll('-', '_'));
  const code = named?.[1].code ?? (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN);
  if (!(code <= TYPE_MAX))
    throw new InvalidArgumentError(`It must be a number, or one of ${Object.keys(MESSAGES).join(', ')}.`);
  return code;
}

const HELP = `
The payload is sent as it is, so that a server's answer to wrong ones can be seen, too. The exit code is 0 for an OK, 1 for
a KO. What the requests look like is in docs/PROTOCOL.md.

Examples:
  $ printf 'alice\\nsecret\\n|invite=…' | swapmeet send REGISTER --to 'swapmeet://…'
  $ printf online | SWAPMEET_PASSWORD=secret swapmeet send SHOW_PEERS --to 'swapmeet://…' --login alice --id ID
  $ printf 'holiday' | swapmeet send 7 --to localhost:7474 --plaintext --json
`;

function isKo({ type }: RawReply): boolean {
  return nameOfType(type)?.endsWith('_KO') ?? type >= KO_OFFSET;
}

/** Logs in on the connection. @throws SwapmeetError the KO's */
async function logIn(exchange: RawExchange, username: string, options: Options): Promise<void> {
  if (options.id === undefined) throw new SwapmeetError('bad-argument', '--login needs --id, which REGISTER answered');
  const password = (await readPassword(options)) ?? (await promptPassword());
  const { code, request } = MESSAGES.LOGIN;
  const reply = await exchange.ask(code, request.encode({ username, password, id: options.id }));
  if (isKo(reply)) throw decodeKo(Buffer.from(reply.payload));
}

async function printReply(output: Output, { type, payload }: RawReply): Promise<void> {
  const name = nameOfType(type);
  if (output.json) await output.record({ type, name, payload });
  else await output.lines([`${type} ${name ?? ''}`.trimEnd(), ...payload.replace(/\n$/, '').split('\n')]);
}

async function send(type: number, options: Options, globals: Globals, output: Output): Promise<void> {
  const server = options.to ?? (await serverOfPeer(globals));
  if (process.stdin.isTTY) output.note('Type the payload; Ctrl-D ends it.');
  const payload = await buffer(process.stdin);
  const exchange = createRawExchange(await dialServer(server, options.plaintext ?? false));
  try {
    if (options.login !== undefined) await logIn(exchange, options.login, options);
    const reply = await exchange.ask(type, payload);
    await printReply(output, reply);
    if (isKo(reply)) process.exitCode = 1;
  } finally {
    exchange.close();
  }
}

export function addSendCommand(program: Command): void {
  const command = program
    .command('send')
    .summary('send one raw message to a server: for people who write clients')
    .description('Sends one request to a server, with the payload from stdin as it is, and prints the reply.')
    .argument('<type>', `a request’s name or number: ${Object.keys(MESSAGES).join(', ')}`, parseType)
    .option('--to <link|host:port>', 'the server (default: the one that the peer of --data joined)', parseTargetServer)
    .option('--plaintext', 'without TLS, which a server takes from its own machine, if started so')
    .option('--login <name>', 'log in first, on the same connection')
    .option('--id <id>', 'the id to log in with');
  addPasswordOptions(command)
    .addHelpText('after', HELP)
    .action((type: number, options: Options, itself: Command) =>
      send(type, options, globalsOf(itself), outputOf(itself)),
    );
}
