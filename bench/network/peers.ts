import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start, type Running } from '../../test/support/processes.ts';
import type { DownloadView } from '../../src/peer/control.ts';
import type { Host } from './namespaces.ts';
import { runAt } from './programs.ts';

/** A peer on a host, told what to do by its local API: a command would cost the machine more than the download. */
export type PeerAt = {
  readonly running: Running;
  /** Downloads a content to the folder. Resolves when the file is whole. @throws Error where it fails */
  readonly download: (sha1: string, folder: string) => Promise<DownloadView>;
};

/** An indexing server on a host, which registers everybody. */
export async function startServerAt(host: Host, workFolder: string): Promise<Running> {
  const data = join(workFolder, host.name);
  const listen = ['--listen', `${host.address}:7474`, '--registration', 'open'];
  return start(['server', '--data', data, ...listen], {}, host.within);
}

/** @param share a folder, for a peer that has something to give */
export async function startPeerAt(
  host: Host,
  { link, username, data, share }: { link: string; username: string; data: string; share?: string },
): Promise<PeerAt> {
  const shares = share === undefined ? [] : ['--share', `files=${share}`];
  const listen = ['--listen', `${host.address}:7475`];
  const options = ['--data', data, '--join', link, '--name', username, ...listen, ...shares];
  const running = await start(['peer', ...options], {}, host.within);
  const { port, token } = JSON.parse(await readFile(join(data, 'api.json'), 'utf8')) as { port: number; token: string };

  async function call(path: string, body?: object): Promise<string> {
    const request = body ? ['-d', JSON.stringify(body), '-H', 'content-type: application/json'] : [];
    const access = ['-H', `authorization: Bearer ${token}`];
    return runAt(host, 'curl', ['-sN', ...access, ...request, `http://127.0.0.1:${port}/v1/${path}`]);
  }

  return {
    running,
    download: async (sha1, folder) => {
      const { id } = JSON.parse(await call('downloads', { what: { sha1 }, folder })) as DownloadView;
      const states = (await call(`downloads/${id}/events`)).trim().split('\n');
      const last = JSON.parse(states.at(-1) ?? '{}') as DownloadView;
      if (last.state !== 'done') throw new Error(`the download of ${host.name} ended ${states.at(-1) ?? ''}`);
      return last;
    },
  };
}
