import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateIdentity } from '../../src/transport/identity.ts';

export type Nginx = {
  readonly url: (name: string) => string;
  /** Those that serve. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
};

function configuration(workFolder: string, docroot: string, port: number): string {
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
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${join(workFolder, 'nginx.pem')};
    ssl_certificate_key ${join(workFolder, 'nginx.pem')};
    ssl_protocols TLSv1.3;
    root ${docroot};
  }
}
`;
}

/** Starts nginx over TLS 1.3 with a certificate of the kind that peers have. */
export async function startNginx(docroot: string, workFolder: string): Promise<Nginx> {
  const port = await freePort();
  const file = join(workFolder, 'nginx.conf');
  await writeFile(join(workFolder, 'nginx.pem'), (await generateIdentity()).pem);
  await writeFile(file, configuration(workFolder, docroot, port));
  const child = spawn('/usr/sbin/nginx', ['-c', file, '-e', join(workFolder, 'error.log')], { stdio: 'inherit' });
  await listening(port);
  const workers = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return {
    pids: workers.trim().split(' ').map(Number),
    url: (name) => `https://127.0.0.1:${port}/${name}`,
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
