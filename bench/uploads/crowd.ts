/** Many connections of as many peers in one process, which read as fast as they can and count. */
import { connect } from 'node:tls';
import { createCaller } from '../../src/transport/caller.ts';
import { dial } from '../../src/transport/dialler.ts';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { signTicket } from '../../src/transport/tickets.ts';

/** What a peer with a single connection asks for at a time, and how often ahead. */
const RANGE_BYTES = 4 * 1024 * 1024;
const RANGES_AHEAD = 4;
/** More than one connection gets in a run. */
const REQUESTS_AHEAD = 50;
const READ_BUFFER_BYTES = 16 * 1024;

export type CrowdTask = {
  readonly connections: number;
  readonly forMs: number;
  readonly port: number;
  readonly of:
    | { readonly kind: 'nginx'; readonly path: string }
    | {
        readonly kind: 'swapmeet';
        readonly key: string;
        /** Where the key of the indexing server lies, which signs tickets. */
        readonly serverIdentityFile: string;
        readonly sha1: string;
        readonly sizeBytes: number;
      };
};

/** Bytes of each connection within the time, which began when all had got something. */
export type CrowdResult = { readonly gotBytes: readonly number[]; readonly tookMs: number };

type Count = (bytes: number) => void;
type Swapmeet = Extract<CrowdTask['of'], { kind: 'swapmeet' }>;

async function beginPeer(task: CrowdTask & { readonly of: Swapmeet }, nth: number, server: Identity, count: Count) {
  const { key, sha1, sizeBytes } = task.of;
  const identity = await generateIdentity();
  const channel = await dial({ host: '127.0.0.1', port: task.port, identity, expectedKey: key, timeoutMs: 60_000 });
  const caller = createCaller(channel, { QUEUED: () => undefined });
  const holder = { id: `bench-${nth}`, username: `bench-${nth}` };
  await caller.call('PRESENT', { ticket: signTicket(server, holder, identity.thumbprint, Date.now()) });
  const receive = () => (bytes: Buffer) => {
    count(bytes.length);
  };
  let offsetBytes = 0;
  const ask = async (): Promise<void> => {
    for (;;) {
      const request = { sha1, offsetBytes, lengthBytes: Math.min(RANGE_BYTES, sizeBytes - offsetBytes) };
      offsetBytes = (offsetBytes + request.lengthBytes) % sizeBytes;
      await caller.call('DOWNLOAD', request, { receive });
    }
  };
  // They end with the process.
  for (let ahead = 0; ahead < RANGES_AHEAD; ahead += 1) ask().catch(fail);
}

function beginBrowser(port: number, path: string, count: Count): void {
  const onread = { buffer: Buffer.alloc(READ_BUFFER_BYTES), callback: (bytes: number) => (count(bytes), true) };
  const options = { host: '127.0.0.1', port, rejectUnauthorized: false, onread };
  const socket = connect(options, () => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(REQUESTS_AHEAD));
  });
  socket.on('error', fail);
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

async function begin(task: CrowdTask, counts: readonly Count[]): Promise<void> {
  const { of, port } = task;
  if (of.kind === 'nginx') {
    for (const count of counts) beginBrowser(port, of.path, count);
    return;
  }
  const server = await loadOrCreateIdentity(of.serverIdentityFile);
  for (const [nth, count] of counts.entries()) await beginPeer({ ...task, of }, nth, server, count);
}

async function run(task: CrowdTask): Promise<CrowdResult> {
  const gotBytes = Array.from({ length: task.connections }, () => 0);
  await begin(
    task,
    gotBytes.map((_none, at) => (bytes) => {
      gotBytes[at] = (gotBytes[at] ?? 0) + bytes;
    }),
  );
  while (gotBytes.some((bytes) => bytes === 0)) await new Promise((resolve) => setTimeout(resolve, 10));
  const [beganMs, before] = [performance.now(), [...gotBytes]];
  await new Promise((resolve) => setTimeout(resolve, task.forMs));
  const tookMs = performance.now() - beganMs;
  return { gotBytes: gotBytes.map((bytes, at) => bytes - (before[at] ?? 0)), tookMs };
}

process.once('message', (task: CrowdTask) => {
  run(task).then((result) => process.send?.(result, () => process.exit(0)), fail);
});
