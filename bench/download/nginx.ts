import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../network/namespaces.ts';
import { generateIdentity } from '../../src/transport/identity.ts';

const NGINX = '/usr/sbin/nginx';
const LOOPBACK = { address: '127.0.0.1', within: [] };
/** Nobody else is there. */
const HOST_PORT = 8443;
/** It can't be asked from here whether it listens. */
const HOST_START_MS = 1_000;

export type Nginx = {
  readonly url: (name: string) => string;
  /** Those that serve. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
};

function configuration(workFolder: string, docroot: string, where: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(workFolder, kind)};`)
    .join('\n  ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
${user}
worker_processes 2;
daemon off;
pid ${join(workFolder, 'nginx.pid')};
error_log ${join(workFolder, 'error.log')};
events {}
http {
  ${temporary}
  access_log off;
  sendfile on;
  server {
    listen ${where} ssl;
    ssl_certificate ${join(workFolder, 'nginx.pem')};
    ssl_certificate_key ${join(workFolder, 'nginx.pem')};
    ssl_protocols TLSv1.3;
    root ${docroot};
  }
}
`;
}

/**
 * Starts nginx over TLS 1.3 with a certificate of the kind that peers have.
 *
 * @param host where it runs and listens; this machine, on loopback, when absent
 */
export async function startNginx(docroot: string, workFolder: string, host?: Host): Promise<Nginx> {
  const { address, within } = host ?? LOOPBACK;
  const port = host ? HOST_PORT : await freePort();
  const file = join(workFolder, 'nginx.conf');
  await writeFile(join(workFolder, 'nginx.pem'), (await generateIdentity()).pem);
  await writeFile(file, configuration(workFolder, docroot, `${address}:${port}`));
  const [command = NGINX, ...first] = [...within, NGINX];
  const errorLog = join(workFolder, 'error.log');
  const child = spawn(command, [...first, '-c', file, '-e', errorLog], { stdio: 'inherit' });
  await (host ? sleep(HOST_START_MS) : listening(port));
  const workers = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return {
    pids: workers.trim().split(' ').map(Number),
    url: (name) => `https://${address}:${port}/${name}`,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await sleep(100);
  }
  throw new Error('nginx does not listen');
}
