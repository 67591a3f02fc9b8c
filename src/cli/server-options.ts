import { Option, type Command } from 'commander';
import { SERVER_PORT_DEFAULT, type HostPort } from '../protocol/host-port.ts';
import { ANY_HOST, parseListen } from './arguments.ts';

export type ServerOptions = {
  /** Where it listened the last time when absent. */
  readonly listen?: HostPort | undefined;
  readonly registration: 'invite' | 'open';
  readonly plaintext?: true | undefined;
};

/** The options of whatever starts a server. */
export function addServerOptions(command: Command): Command {
  const listen = new Option(
    '--listen <host:port>',
    `where the server listens (default: as the last time, at first ${ANY_HOST}:${SERVER_PORT_DEFAULT})`,
  ).argParser(parseListen);
  const registration = new Option('--registration <mode>', 'who may register: holders of the join link, or everybody')
    .choices(['invite', 'open'])
    .default('invite');
  const plaintext = new Option('--plaintext', 'also take unencrypted connections from this machine');
  return command.addOption(listen).addOption(registration).addOption(plaintext);
}
