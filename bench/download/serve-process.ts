/** The serving side of the download benchmark: shares one file with whoever holds a ticket of the given server. */
import { statSync } from 'node:fs';
import { createUploadSlots } from '../../src/peer/uploads/upload-slots.ts';
import { serveUploads } from '../../src/peer/uploads/serve-uploads.ts';
import { createByteBudget } from '../../src/transport/byte-budget.ts';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listener.ts';
import type { ServeReady, ServeTask } from './messages.ts';

async function serve({ path, hash, identityFile, serverFile }: ServeTask): Promise<ServeReady> {
  const [identity, server] = await Promise.all([identityFile, serverFile].map(loadOrCreateIdentity));
  if (!identity || !server) throw new Error('two identities are needed');
  const { mtimeNs, ino } = statSync(path, { bigint: true });
  const file = { ...hash, absolutePath: path, mtimeNs, inode: ino };
  const index = {
    find: (sha1: string) => (sha1 === hash.sha1 ? file : undefined),
    pieceLayer: () => Buffer.from(hash.layer, 'base64'),
    recheck: () => {
      throw new Error(`${path} changed during the benchmark`);
    },
  };
  const context = { index, serverCertificate: () => server, slots: createUploadSlots(), now: Date.now };
  const options = { budget: createByteBudget(1_000_000), onFault: console.error };
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    identity,
    onChannel: (channel) => void serveUploads(context, channel, options),
  });
  return { port: listener.port, key: identity.key };
}

process.on('message', (task: ServeTask) => {
  void serve(task).then((ready) => process.send?.(ready));
});
