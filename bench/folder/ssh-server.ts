import { execFile, spawn } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { once } from 'node:events';

const SSHD = '/usr/sbin/sshd';
const READY_TIMEOUT_MS = 10_000;

export type SshServer = {
  /** Those of `rsync` and `scp` that are on this machine, fetching a folder over ssh. */
  readonly contenders: (
    tree: string,
  ) => Promise<readonly { readonly name: string; readonly fetch: (folder: string) => Promise<void> }[]>;
  readonly stop: () => Promise<void>;
};

/** An ssh server of our own on loopback, with keys of its own; without `sshd` (Debian: openssh-server) there are no contenders. */
export async function startSshServer(workFolder: string): Promise<SshServer> {
  if (!(await isThere(SSHD))) {
    console.error(`there is no ${SSHD}: rsync and scp are left out`);
    return { contenders: () => Promise.resolve([]), stop: () => Promise.resolve() };
  }
  const folder = join(workFolder, 'ssh');
  await mkdir(folder);
  const port = await freePort();
  await writeKeys(folder);
  await writeFile(join(folder, 'config'), configOf(folder, port));
  await mkdir('/run/sshd', { recursive: true });
  const server = spawn(SSHD, ['-D', '-f', join(folder, 'config')], { stdio: 'inherit' });
  const exited = once(server, 'exit');
  await untilListening(port);
  const options = [
    '-i',
    join(folder, 'client'),
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
  ];
  options.push('-o', 'LogLevel=ERROR');
  return {
    contenders: async (tree) => {
      const ssh = ['ssh', '-p', String(port), ...options].join(' ');
      const all = [
        { name: 'rsync -a', program: 'rsync', args: ['-a', '-e', ssh, `127.0.0.1:${tree}`] },
        { name: 'scp -r', program: 'scp', args: ['-r', '-q', '-P', String(port), ...options, `127.0.0.1:${tree}`] },
      ];
      const known = await Promise.all(all.map(({ program }) => isThere(join('/usr/bin', program))));
      return all
        .filter((_, at) => known[at])
        .map(({ name, program, args }) => ({
          name,
          fetch: async (target) => {
            await promisify(execFile)(program, [...args, target]);
          },
        }));
    },
    stop: async () => {
      server.kill();
      await exited;
    },
  };
}

async function writeKeys(folder: string): Promise<void> {
  for (const name of ['host', 'client']) {
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  }
}

function configOf(folder: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'client.pub')}`,
    'PidFile none',
    'StrictModes no',
    'PermitRootLogin yes',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
  const endMs = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < endMs) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await delay(50);
  }
  throw new Error('sshd does not listen');
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
