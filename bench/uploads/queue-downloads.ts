import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openDownloadStore } from '../../src/peer/downloads/store/download-store.ts';

/** Has a peer that doesn't run find so many downloads queued that nobody has: all that they wait for is a source. */
export function queueDownloads(peerFolder: string, count: number): void {
  const store = openDownloadStore(join(peerFolder, 'downloads.db'));
  for (let number = 1; number <= count; number += 1) {
    const name = `queued ${number}.bin`;
    store.add({
      id: randomUUID(),
      isFolder: false,
      name,
      sha1: randomBytes(20).toString('hex'),
      root: randomBytes(32).toString('hex'),
      sizeBytes: 100_000_000 + number,
      verifiedBytes: 0,
      folder: peerFolder,
      path: join(peerFolder, name),
      outcome: { kind: 'open' },
    });
  }
  store.close();
}
