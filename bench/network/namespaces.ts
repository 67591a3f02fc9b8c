import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A machine of its own as far as the network goes: a network namespace behind a link of limited speed. Linux, as root. */
export type Host = {
  readonly name: string;
  readonly address: string;
  /** What a command line begins with to run there. */
  readonly within: readonly string[];
};

export type HostOptions = {
  readonly name: string;
  /** Of its link, each way; unlimited when absent. */
  readonly upMbitPerS?: number;
  readonly downMbitPerS?: number;
};

export type Network = {
  /** @throws Error where there is no such host */
  readonly host: (name: string) => Host;
  readonly remove: () => Promise<void>;
};

/** What a cheap router queues. */
const LATENCY_MS = 30;
/**
 * Holds what a network card gets in one go, so that it needs not be cut into packets by the processor, and what a link carries while the
 * processor has other things to do.
 */
const BURST_KB = 256;
const SUBNET = '10.77.0';

/** Whether this process may make hosts: on Linux, as root. */
export function canMakeHosts(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** Hosts on one switch, each with a link of its own speed; none of them reaches anything else. */
export async function createNetwork(hosts: readonly HostOptions[]): Promise<Network> {
  const prefix = `sm${process.pid % 100_000}`;
  const hub = `${prefix}-hub`;
  const made = new Map<string, Host>();
  const namespaces = [hub];

  async function remove(): Promise<void> {
    for (const namespace of namespaces) await ip('netns', 'del', namespace).catch(() => undefined);
  }

  async function add({ name, upMbitPerS, downMbitPerS }: HostOptions, number: number): Promise<void> {
    const namespace = `${prefix}-${name}`;
    const [inside, outside] = [`${prefix}i${number}`, `${prefix}o${number}`];
    const address = `${SUBNET}.${number + 1}`;
    await ip('netns', 'add', namespace);
    namespaces.push(namespace);
    await ip('link', 'add', inside, 'netns', namespace, 'type', 'veth', 'peer', 'name', outside, 'netns', hub);
    await ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', inside);
    await ip('-n', hub, 'link', 'set', outside, 'master', 'switch');
    for (const [where, device] of [
      [namespace, 'lo'],
      [namespace, inside],
      [hub, outside],
    ] as const) {
      await ip('-n', where, 'link', 'set', device, 'up');
    }
    await limit(namespace, inside, upMbitPerS);
    await limit(hub, outside, downMbitPerS);
    made.set(name, { name, address, within: ['ip', 'netns', 'exec', namespace] });
  }

  try {
    await ip('netns', 'add', hub);
    await ip('-n', hub, 'link', 'add', 'switch', 'type', 'bridge');
    await ip('-n', hub, 'link', 'set', 'switch', 'up');
    await passFirewall(hub);
    for (const [number, options] of hosts.entries()) await add(options, number);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    host: (name) => {
      const host = made.get(name);
      if (host) return host;
      throw new Error(`no host ${name}`);
    },
    remove,
  };
}

/** A switch looks at no rules: they cost the processor as much as all else that is done with a packet. */
async function passFirewall(namespace: string): Promise<void> {
  const rules = 'net.bridge.bridge-nf-call-iptables=0';
  // Where bridges know no such rules, there is nothing to pass.
  await ip('netns', 'exec', namespace, 'sysctl', '-q', '-w', rules).catch(() => undefined);
}

/** What leaves by a device goes at this speed at most. */
async function limit(namespace: string, device: string, mbitPerS: number | undefined): Promise<void> {
  if (mbitPerS === undefined) return;
  const rate = ['rate', `${mbitPerS}mbit`, 'burst', `${BURST_KB}kb`, 'latency', `${LATENCY_MS}ms`];
  await run('tc', ['-n', namespace, 'qdisc', 'add', 'dev', device, 'root', 'tbf', ...rate]);
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args);
}
