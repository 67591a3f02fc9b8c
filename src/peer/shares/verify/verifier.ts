import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { GO_ON_HOURS_MAX, type VerifyReport } from '../../verify-view.ts';
import type { HashPool } from '../hashing/hash-pool.ts';
import { diskOf, labelOf } from '../place.ts';
import type { ShareDefinition } from '../share-definitions.ts';
import type { CheckedFile, CheckedFiles, FileCount } from '../store/checked-files.ts';
import { fileRange, type PathRange } from '../store/found-files.ts';
import { checkFile, type Finding } from './check-file.ts';
import { damageView } from './damage.ts';
import type { Scope } from './scope.ts';
import { createTally, type Tally } from './tally.ts';

/** Rereads what is shared. */
export type Verifier = {
  /**
   * Rereads the files of a scope, but for those that were found good since it began, by other runs or an interrupted one
   * of the same scope, and says what is found, and how far it is. What is damaged is not published any more from then on.
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

const GO_ON_MS_MAX = GO_ON_HOURS_MAX * 3_600_000;

export function createVerifier(options: VerifierOptions): Verifier {
  const { files, now } = options;

  async function* verify(scope: Scope, signal: AbortSignal): AsyncGenerator<VerifyReport, void, undefined> {
    const nowMs = now();
    const beganMs = files.begin(scope.name, nowMs - GO_ON_MS_MAX, nowMs);
    const tally = createTally(scope.ranges.map(files.count));
    for (const range of scope.ranges) {
      for (const { page, earlier } of pagesOf(range, beganMs)) {
        tally.passOver(earlier);
        if (page.length > 0) yield* checkPage(page, tally, signal);
      }
    }
    files.finish(scope.name, beganMs);
    yield { kind: 'end', ...tally.end() };
  }

  /** What is to be read, and with each page what lies before it that was read already. */
  function* pagesOf({ from, to }: PathRange, beganMs: number) {
    for (let isLast = false; !isLast;) {
      const page = files.next({ from, to }, { beganMs, nowMs: now() });
      const last = page.at(-1);
      isLast = last === undefined;
      const behind = last ? fileRange(last.path).to : to;
      yield { page, earlier: without(files.count({ from, to: behind }), page) };
      from = behind;
    }
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
    tally.found(finding);
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

function without({ files, bytes }: FileCount, page: readonly CheckedFile[]): FileCount {
  return { files: files - page.length, bytes: page.reduce((left, { sizeBytes }) => left - sizeBytes, bytes) };
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
