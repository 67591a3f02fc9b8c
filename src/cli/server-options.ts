import { Option, type Command } from 'commander';
import { parseRate, type Rate } from '../domain/rates/rate.ts';
import { SERVER_PORT_DEFAULT, type HostPort } from '../protocol/host-port.ts';
import { RELAY_LIMITS, type RelayLimits } from '../server/relay/relay-limits.ts';
import { formatRate } from './format.ts';
import { parseListen } from './arguments.ts';

export type ServerOptions = {
  /** Where it listened the last time when absent. */
  readonly listen?: HostPort | undefined;
  readonly registration: 'invite' | 'open';
  readonly plaintext?: true | undefined;
  /** False where it passes on no connections between peers. */
  readonly relay: boolean;
  readonly relayRate: Rate;
  readonly relayRateEach: Rate;
};

/** The options of whatever starts a server. */
export function addServerOptions(command: Command): Command {
  const listen = new Option(
    '--listen <host:port>',
    `where the server listens (default: as the last time, at first every address, port ${SERVER_PORT_DEFAULT})`,
  ).argParser(parseListen);
  const registration = new Option('--registration <mode>', 'who may register: holders of the join link, or everybody')
    .choices(['invite', 'open'])
    .default('invite');
  const plaintext = new Option('--plaintext', 'also take unencrypted connections from this machine');
  command.addOption(listen).addOption(registration).addOption(plaintext);
  return addRelayOptions(command);
}

function addRelayOptions(command: Command): Command {
  const { total, each } = RELAY_LIMITS.rates;
  const none = new Option('--no-relay', 'pass on no connections between peers that can’t reach one another directly');
  const rate = new Option('--relay-rate <rate>', 'what all those connections may carry together, each second')
    .argParser(parseRate)
    .default(total, formatRate(total));
  const rateEach = new Option('--relay-rate-each <rate>', 'what any one of them may carry')
    .argParser(parseRate)
    .default(each, formatRate(each));
  return command.addOption(none).addOption(rate).addOption(rateEach);
}

/** What the server is told of these options. */
export function relayLimitsOf({ relay, relayRate, relayRateEach }: ServerOptions): RelayLimits | null {
  return relay ? { ...RELAY_LIMITS, rates: { total: relayRate, each: relayRateEach } } : null;
}
