import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { VerifyReport } from '../../verify-view.ts';
import type { HashPool } from '../hashing/hash-pool.ts';
import { diskOf, labelOf } from '../place.ts';
import type { ShareDefinition } from '../share-definitions.ts';
import type { CheckedFile, CheckedFiles, Meanwhile } from '../store/checked-files.ts';
import { checkFile, type Finding } from './check-file.ts';
import { damageView } from './damage.ts';
import type { Scope } from './scope.ts';

/** Rereads what is shared. */
export type Verifier = {
  /**
   * Rereads the files of a scope, but for those that were found good since an interrupted run of the same scope began, and
   * says what is found, and how far it is. What is damaged is not published any more from then on.
   */
  readonly verify: (scope: Scope, signal: AbortSignal) => AsyncGenerator<VerifyReport, void, undefined>;
};

export type VerifierOptions = {
  readonly files: CheckedFiles;
  readonly pool: Pick<HashPool, 'verifyPieces'>;
  readonly shares: ReadonlyMap<string, ShareDefinition>;
  readonly layerOf: (file: CheckedFile) => Uint8Array | undefined;
  /** Unix ms. */
  readonly now: () => number;
  readonly log: Logger;
  readonly onListChanged: () => void;
  /** A file is not as the database has it, or can't be read. */
  readonly onStale: (disk: string) => void;
};

const PROGRESS_MS = 250;

export function createVerifier(options: VerifierOptions): Verifier {
  const { files, now } = options;

  async function* verify(scope: Scope, signal: AbortSignal): AsyncGenerator<VerifyReport, void, undefined> {
    const beganMs = files.begin(scope.name, now());
    const meanwhile = (): Meanwhile => ({ beganMs, nowMs: now() });
    const tally = createTally(scope.ranges.map((range) => files.count(range, meanwhile())));
    for (const range of scope.ranges) {
      let page = files.next(range, '', meanwhile());
      while (page.length > 0) {
        yield* checkPage(page, tally, signal);
        page = files.next(range, page.at(-1)?.path ?? '', meanwhile());
      }
    }
    files.finish(scope.name);
    yield { kind: 'end', ...tally.counts() };
  }

  async function* checkPage(page: readonly CheckedFile[], tally: Tally, signal: AbortSignal) {
    const reports: VerifyReport[] = [];
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const checks = Promise.all(
      page.map(async (file) => {
        const report = await check(file, tally, stopped);
        if (report) reports.push(report);
      }),
    );
    checks.catch(() => undefined);
    try {
      for (let isOver = false; !isOver;) {
        isOver = await endsWithin(checks, PROGRESS_MS);
        yield* reports.splice(0);
        yield { kind: 'progress', ...tally.counts() } as const;
      }
    } finally {
      // Whoever stops listening stops the reading.
      stop.abort(new Error('nobody listens any more'));
      await checks.catch(() => undefined);
    }
  }

  async function check(file: CheckedFile, tally: Tally, signal: AbortSignal): Promise<VerifyReport | undefined> {
    const share = options.shares.get(labelOf(file.path));
    const layer = options.layerOf(file);
    if (!share || !layer) return undefined;
    const disk = diskOf(share, file.path, file.disk);
    const onProgress = tally.begin();
    const finding = await checkFile(options.pool, file, disk, layer, { signal, onProgress });
    onProgress(file.sizeBytes);
    tally.end(finding);
    return settle(file, disk, finding);
  }

  function settle(file: CheckedFile, disk: string, finding: Finding): VerifyReport | undefined {
    switch (finding.kind) {
      case 'good':
        if (!files.markGood(file, now())) return undefined;
        options.onListChanged();
        return { kind: 'healed', path: file.path };
      case 'damaged': {
        const foundMs = now();
        if (files.markDamaged(file, finding.rightPieces, foundMs)) options.onListChanged();
        options.log.error({ path: disk }, 'the file is damaged, though nobody changed it: not shared any more');
        return { kind: 'damaged', ...damageView(file, { ...finding, foundMs }) };
      }
      case 'changed':
        options.onStale(disk);
        return undefined;
      case 'unreadable': {
        options.onStale(disk);
        const { code, message } = finding.error;
        return { kind: 'unreadable', path: file.path, error: { code, message } };
      }
    }
  }

  return { verify };
}

/** Whether it settled. @throws as the promise rejects */
async function endsWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    timer.abort();
  }
}

type Counts = { readonly files: number; readonly bytes: number };
type Tally = ReturnType<typeof createTally>;

/** How far a run is. */
function createTally(parts: readonly Counts[]) {
  const filesTotal = parts.reduce((sum, { files }) => sum + files, 0);
  const bytesTotal = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const found = { good: 0, damaged: 0, changed: 0, unreadable: 0 };
  let bytesDone = 0;
  return {
    /** What it returns hears how much of a file is read. */
    begin() {
      let before = 0;
      return (bytes: number): void => {
        bytesDone += bytes - before;
        before = bytes;
      };
    },
    end({ kind }: Finding): void {
      found[kind] += 1;
    },
    counts() {
      const filesDone = found.good + found.damaged + found.changed + found.unreadable;
      return {
        filesDone,
        filesTotal,
        bytesDone,
        bytesTotal,
        damaged: found.damaged,
        repaired: 0,
        unreadable: found.unreadable,
      };
    },
  };
}
