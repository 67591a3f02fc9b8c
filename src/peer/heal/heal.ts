import type { Logger } from 'pino';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import type { DamagedFile, Verification } from '../shares/verify/verification.ts';
import { createTally } from '../shares/verify/tally.ts';
import type { DamageView, VerifyReport, VerifyRequest } from '../verify-view.ts';
import { removeRepairPart, repairFile, type RepairTools } from './repair-file.ts';

/** Finds what is damaged of the shares, and puts it right. */
export type Heal = {
  /** @throws SwapmeetError `not-found` for what is not shared, at once */
  readonly verify: (request: VerifyRequest, signal: AbortSignal) => AsyncIterable<VerifyReport>;
};

export type HealOptions = Omit<RepairTools, 'parts'> & {
  readonly index: Pick<Verification, 'verify' | 'damagesOf' | 'damagedFiles' | 'repairParts' | 'lookAgain'>;
  readonly log: Logger;
};

/** Removes what repairs of a process that was killed have left behind. */
export async function openHeal({ index, log, ...tools }: HealOptions): Promise<Heal> {
  const { repairParts: parts } = index;
  for (const path of parts.all()) {
    await removeRepairPart(parts, path).catch((err: unknown) => {
      log.warn({ err, path }, 'what a repair has left behind could not be removed');
    });
  }
  const underWay = new Set<string>();

  async function repair(file: DamagedFile, signal: AbortSignal): Promise<VerifyReport> {
    const { path, disk } = file;
    try {
      const fetchedBytes = await runAlone(underWay, path, () => repairFile({ ...tools, parts }, file, signal));
      log.info({ path: disk }, 'a damaged file is right again');
      return { kind: 'repaired', path, fetchedBytes };
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = toSwapmeetError(error);
      log.warn({ path: disk, code }, `not repaired: ${message}`);
      return { kind: 'not-repaired', path, error: { code, message } };
    } finally {
      // The scan finds what is there now, hashes and publishes it.
      index.lookAgain(disk);
    }
  }

  /** What a verification has to say, and then what repairing does. */
  async function* repairAfter(
    found: AsyncIterable<VerifyReport>,
    damaged: Iterable<DamagedFile>,
    signal: AbortSignal,
  ): AsyncGenerator<VerifyReport, void, undefined> {
    let end: VerifyReport | undefined;
    for await (const report of found) {
      if (report.kind === 'end') end = report;
      else yield report;
    }
    let repaired = 0;
    for (const file of damaged) {
      const report = await repair(file, signal);
      if (report.kind === 'repaired') repaired += 1;
      yield report;
    }
    if (end?.kind === 'end') yield { ...end, repaired };
  }

  return {
    verify({ names, repair: isRepair = false, known = false }, signal) {
      // Lists what is damaged when it is asked for the first, so after all was read.
      const damaged = index.damagedFiles(names);
      const found = known ? tellKnown(index.damagesOf(names), isRepair) : index.verify(names, signal);
      return isRepair ? repairAfter(found, damaged, signal) : found;
    },
  };
}

/** What a verification would tell that read nothing. Repairing tells of each file itself. */
async function* tellKnown(
  damages: Iterable<DamageView>,
  isRepair: boolean,
): AsyncGenerator<VerifyReport, void, undefined> {
  let damaged = 0;
  for (const damage of damages) {
    damaged += 1;
    if (!isRepair) yield await Promise.resolve({ kind: 'damaged', ...damage });
  }
  yield await Promise.resolve({ kind: 'end', ...createTally([]).end(), damaged });
}

async function runAlone<T>(underWay: Set<string>, path: string, work: () => Promise<T>): Promise<T> {
  if (underWay.has(path)) throw new SwapmeetError('busy', `${path} is being repaired already: wait for that`);
  underWay.add(path);
  try {
    return await work();
  } finally {
    underWay.delete(path);
  }
}
