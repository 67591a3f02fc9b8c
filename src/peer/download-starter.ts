import { SwapmeetError } from '../domain/errors.ts';
import type { DownloadRequest, PeerControl } from './control.ts';
import type { Directory } from './directory.ts';
import type { Downloads } from './downloads/downloads.ts';

/** Finds what a person asks for, which takes the server, and queues it. */
export function createDownloadStarter(
  directory: Pick<Directory, 'findContent' | 'findEntry' | 'findFolder'>,
  downloads: Pick<Downloads, 'start' | 'startFolder'>,
): PeerControl['startDownload'] {
  async function start({ what, folder }: DownloadRequest) {
    if ('query' in what) return downloads.startFolder(what, folder);
    if ('folder' in what) return downloads.startFolder(await directory.findFolder(what.peer, what.folder), folder);
    const entry =
      'sha1' in what
        ? await directory.findContent(what.sha1, what.root)
        : await directory.findEntry(what.peer, what.path);
    return downloads.start(entry, folder);
  }
  return (request) => start(request).catch(throwAsNotQueued);
}

/** That the peer goes on trying to connect is true of the connection, and not of a download that nobody knows yet. */
function throwAsNotQueued(error: unknown): never {
  if (!(error instanceof SwapmeetError) || error.code !== 'disconnected') throw error;
  throw new SwapmeetError(error.code, `the download is not queued, get it again later: ${error.message}`, {
    cause: error,
  });
}
