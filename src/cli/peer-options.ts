import type { Command } from 'commander';
import type { ShareDefinition } from '../peer/shares/share-definitions.ts';
import { PEER_PORT_DEFAULT } from '../protocol/host-port.ts';
import { collect, parseFolder, parseShare } from './arguments.ts';
import { addPasswordOptions, type PasswordOptions } from './password.ts';

/** The options of whatever starts a peer. What is absent stays as it was. */
export type PeerOptions = PasswordOptions & {
  readonly name?: string;
  readonly share?: readonly ShareDefinition[];
  readonly exclude?: readonly string[];
  readonly include?: readonly string[];
  readonly downloads?: string;
  /** False where no router is asked to let others in. */
  readonly portMapping: boolean;
};

export const PEER_LISTEN_HELP = `where other peers reach this one (default: as the last time, at first every address, port ${PEER_PORT_DEFAULT})`;

export function addPeerOptions(command: Command, nameHelp: string): Command {
  command
    .option('--name <name>', nameHelp)
    .option(
      '--share <[label=]dir>',
      'a folder to share; may be repeated, and replaces all former shares',
      collect(parseShare),
    )
    .option(
      '--exclude <pattern>',
      'what not to share, as in a .gitignore; may be repeated, and replaces all former ones',
      collect(String),
    )
    .option(
      '--include <pattern>',
      'what to share all the same; may be repeated, and replaces all former ones',
      collect(String),
    )
    .option('--no-port-mapping', 'ask no router to let other peers in (by UPnP, NAT-PMP or PCP)')
    .option('--downloads <dir>', 'where downloads go (default: “downloads” in the data folder)', parseFolder);
  return addPasswordOptions(command);
}
