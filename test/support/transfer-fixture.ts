import { createHash, randomFillSync } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Entry } from '../../src/domain/entry.ts';
import { createMerkleHasher } from '../../src/domain/merkle.ts';
import { pieceBytesFor } from '../../src/domain/pieces.ts';
import type { DownloadView } from '../../src/peer/control.ts';
import { createDownloadThreads } from '../../src/peer/downloads/download-threads.ts';
import { openDownloads, type Downloads, type DownloadsOptions } from '../../src/peer/downloads/downloads.ts';
import type { Timing } from '../../src/peer/downloads/sources/timing.ts';
import { createHeldParts, type HeldParts } from '../../src/peer/parts/held-parts.ts';
import { createExpectedAnswers } from '../../src/peer/reach/expected-answers.ts';
import { createAdmission } from '../../src/peer/uploads/admission.ts';
import { createConnectionParts } from '../../src/peer/uploads/connection-parts.ts';
import { createOpenFiles } from '../../src/peer/uploads/open-files.ts';
import type { SharedFile, ShareIndex } from '../../src/peer/uploads/shared-file.ts';
import { createUploadHandlers } from '../../src/peer/uploads/upload-handlers.ts';
import type { UploadConnection } from '../../src/peer/uploads/upload-context.ts';
import { createUploadList } from '../../src/peer/uploads/upload-list.ts';
import { createUploadQueue, type UploadQueue } from '../../src/peer/uploads/queue/upload-queue.ts';
import { createPeerConnections } from '../../src/peer/uploads/peer-connections.ts';
import { createRateLimit, type RateLimit } from '../../src/peer/limits/rate-limit.ts';
import { createThrottle } from '../../src/peer/limits/throttle.ts';
import { SLOTS_DEFAULT } from '../../src/peer/limits/limit-settings.ts';
import { EVENTS, eventCodecOf } from '../../src/protocol/messages.ts';
import { createBundleReader } from '../../src/peer/uploads/bundles/bundle-reader.ts';
import type { Source } from '../../src/protocol/codecs/search.ts';
import type { Queued } from '../../src/protocol/codecs/queued.ts';
import { createByteBudget } from '../../src/transport/byte-budget.ts';
import { createCaller, type Caller } from '../../src/transport/caller.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { dial } from '../../src/transport/dialler.ts';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listener.ts';
import { respond, type Handlers, type Responder } from '../../src/transport/responder.ts';
import { signTicket } from '../../src/transport/tickets.ts';
import { dialSources } from './dial-sources.ts';
import { hashPool } from './hash-pool.ts';

/** A file in a shared folder, with all that its publisher knows of it. */
export type Shared = {
  readonly entry: Entry;
  readonly file: SharedFile;
  readonly layer: Uint8Array;
  readonly bytes: Buffer;
};

/** Writes a file (random bytes, unless given) below `folder` and hashes it. */
export async function share(folder: string, name: string, content: number | Buffer): Promise<Shared> {
  const bytes = typeof content === 'number' ? randomFillSync(Buffer.allocUnsafe(content)) : content;
  const absolutePath = join(folder, name);
  await mkdir(dirname(absolutePath), { recursive: true });
  await writeFile(absolutePath, bytes);
  const { mtimeNs, ino: inode } = await stat(absolutePath, { bigint: true });
  const pieceBytes = pieceBytesFor(bytes.length);
  const hasher = createMerkleHasher(pieceBytes);
  hasher.update(bytes);
  const { root, layer } = hasher.digest();
  const sha1 = createHash('sha1').update(bytes).digest('hex');
  const names = { sha1, sizeBytes: bytes.length, ...(root && { root: Buffer.from(root).toString('hex') }) };
  return {
    entry: { path: `share/${name}`, ...names },
    file: { absolutePath, mtimeNs, inode, pieceBytes, ...names },
    layer,
    bytes,
  };
}

export type Uploader = {
  /** As the server would list it. */
  readonly sourceOf: (entry: Entry) => Source;
  readonly username: string;
  readonly endpoint: { readonly host: string; readonly port: number; readonly expectedKey: string };
  /** The ranges that were asked for. */
  readonly asked: { readonly offset: number; readonly length: number }[];
  /** The SHA-1 of each content that was asked for in a bundle. */
  readonly bundled: readonly string[];
  readonly rechecked: SharedFile[];
  readonly queue: UploadQueue;
  readonly limit: RateLimit;
  readonly stop: () => Promise<void>;
};

export type UploaderOptions = {
  readonly username: string;
  readonly files: readonly Shared[];
  /** What it holds in part. */
  readonly parts?: HeldParts;
  /** Replaces handlers by dishonest ones. */
  readonly corrupt?: (honest: Handlers<'peer'>, channel: Channel) => Partial<Handlers<'peer'>>;
  readonly now?: () => number;
  readonly slots?: number;
};

export type Dialled = {
  readonly channel: Channel;
  readonly caller: Caller;
  /** The places that were told so far. */
  readonly queued: readonly Queued[];
};

export type Fixture = {
  readonly root: string;
  readonly server: Identity;
  readonly identity: Identity;
  readonly ticket: string;
  readonly uploader: (options: UploaderOptions) => Promise<Uploader>;
  /** A bare connection to an uploader, as `identity` unless another is given. */
  readonly dial: (uploader: Uploader, identity?: Identity) => Promise<Dialled>;
  /** A connection to an uploader that is admitted under a username, with a key of its own. */
  readonly visit: (uploader: Uploader, username: string) => Promise<Dialled>;
  readonly downloads: (options: DownloaderOptions) => Downloads;
};

export type DownloaderOptions = Partial<DownloadsOptions> & {
  readonly sources: () => readonly Source[];
};

/** Deadlines short enough for tests. */
export const FAST: Timing = {
  callTimeoutMs: 400,
  stallMs: 400,
  lookAgain: { firstMs: 50, lastMs: 200 },
  retry: { firstMs: 50, lastMs: 200 },
};

// One of each for all tests of a process: threads take longer to start than most tests, and keys are slow to make.
const threads = createDownloadThreads();
const bundles = createBundleReader();
const identities = Promise.all([generateIdentity(), generateIdentity()]);

/** Uploaders and downloaders on loopback, with real keys, tickets and TLS; all of it ends with the test. */
export async function createFixture(t: TestContext): Promise<Fixture> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'swapmeet-transfers-')));
  const [server, identity] = await identities;
  const ticket = signTicket(server, { id: 'me', username: 'me' }, identity.thumbprint, Date.now());
  const endings: (() => Promise<void>)[] = [() => rm(root, { recursive: true, force: true })];
  t.after(async () => {
    for (const end of endings.reverse()) await end();
  });

  async function dialUploader({ endpoint }: Uploader, as: Identity): Promise<Dialled> {
    const channel = await dial({ ...endpoint, identity: as });
    const queued: Queued[] = [];
    const caller = createCaller(channel, { QUEUED: (place) => void queued.push(place) });
    endings.push(() => {
      caller.close();
      return Promise.resolve();
    });
    return { channel, caller, queued };
  }

  return {
    root,
    server,
    identity,
    ticket,
    uploader: async (options) => {
      const uploader = await startUploader(server, options);
      endings.push(uploader.stop);
      return uploader;
    },
    dial: (uploader, as = identity) => dialUploader(uploader, as),
    visit: async (uploader, username) => {
      const visitor = await generateIdentity();
      const dialled = await dialUploader(uploader, visitor);
      const shown = signTicket(server, { id: username, username }, visitor.thumbprint, Date.now());
      await dialled.caller.call('PRESENT', { ticket: shown });
      return dialled;
    },
    downloads: ({ sources, ...options }) => {
      const downloads = openDownloads({
        database: join(root, 'downloads.db'),
        defaultFolder: join(root, 'downloads'),
        link: { sources: () => Promise.resolve(sources()), ticket: () => ticket, onOnline: () => () => undefined },
        identity,
        throttle: createThrottle(createRateLimit(() => performance.now())),
        connect: dialSources(identity),
        hashPool,
        threads,
        shared: (contents) => contents.map(() => undefined),
        parts: createHeldParts(),
        list: () => Promise.resolve({ rows: [] }),
        log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
        now: Date.now,
        random: () => 0,
        timing: FAST,
        ...options,
      });
      endings.push(downloads.close);
      return downloads;
    },
  };
}

async function startUploader(server: Identity, options: UploaderOptions): Promise<Uploader> {
  const { username, files, corrupt, now = Date.now } = options;
  const identity = await generateIdentity();
  const rechecked: SharedFile[] = [];
  const asked: { offset: number; length: number }[] = [];
  const bundled: string[] = [];
  const steadyNow = (): number => performance.now();
  const limit = createRateLimit(steadyNow);
  const queue = createUploadQueue({
    slots: () => options.slots ?? SLOTS_DEFAULT,
    limit,
    weightOf: () => 1,
    now: steadyNow,
  });
  const find = (sha1: string, root?: string) =>
    files.find(({ file }) => file.sha1 === sha1 && (root ?? file.root) === file.root)?.file;
  const index: ShareIndex = {
    find,
    findAll: (contents) => contents.map(({ sha1, root }) => find(sha1, root)),
    pieceLayer: (file: SharedFile) => files.find((shared) => shared.file === file)?.layer,
    recheck: (file: SharedFile) => rechecked.push(file),
  };
  const context = {
    index,
    parts: options.parts ?? createHeldParts(),
    serverCertificate: () => server,
    queue,
    uploads: createUploadList(steadyNow, () => false),
    bundles,
    connections: createPeerConnections(),
    takeAnswer: createExpectedAnswers().take,
    now,
  };
  const budget = createByteBudget(1_000_000);
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    identity,
    onChannel: (channel) => {
      const admission = createAdmission(now, context.connections);
      const openFiles = createOpenFiles(index);
      const tell: UploadConnection['tell'] = (name, payload) =>
        responder.push(EVENTS[name].code, eventCodecOf(name).encode(payload));
      const parts = createConnectionParts((has) => tell('HAS', has));
      const honest = createUploadHandlers(context, {
        certificate: channel.certificate,
        admission,
        files: openFiles,
        parts,
        tell,
      });
      const handlers = { ...honest, ...corrupt?.(honest, channel) };
      const responder: Responder = respond({
        at: 'peer',
        channel,
        handlers: {
          ...handlers,
          BUNDLE: (request, signal) => {
            for (const { sha1 } of request.contents) bundled.push(sha1);
            return handlers.BUNDLE(request, signal);
          },
          DOWNLOAD: (request, signal) => {
            asked.push({ offset: request.offsetBytes, length: request.lengthBytes });
            return handlers.DOWNLOAD(request, signal);
          },
        },
        state: () => admission.state(),
        idleTimeoutMs: () => 60_000,
        budget,
        onFault: () => undefined,
      });
      void responder.closed.then(() => {
        admission.end();
        parts.end();
        return openFiles.close();
      });
    },
  });
  return {
    username,
    endpoint: { host: '127.0.0.1', port: listener.port, expectedKey: identity.key },
    asked,
    bundled,
    rechecked,
    queue,
    limit,
    sourceOf: (entry) => ({
      ...entry,
      id: username,
      username,
      address: '127.0.0.1',
      port: listener.port,
      key: identity.key,
    }),
    stop: () => listener.close(),
  };
}

/** Follows a download until its view is as wanted. Fails when it is over before. */
export async function until(
  downloads: Downloads,
  id: string,
  isWanted: (view: DownloadView) => boolean,
  timeoutMs = 8_000,
): Promise<DownloadView> {
  let last: DownloadView | undefined;
  for await (const view of downloads.watch(id, AbortSignal.timeout(timeoutMs))) {
    last = view;
    if (isWanted(view)) return view;
  }
  throw new Error(`the download never was as wanted; last: ${JSON.stringify(last)}`);
}

export function isDone({ state }: DownloadView): boolean {
  return state === 'done';
}
