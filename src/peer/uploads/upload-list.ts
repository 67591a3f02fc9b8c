import { basename } from 'node:path';
import type { UploadView } from '../control.ts';
import { createSpeedMeter, type SpeedMeter } from '../speed-meter.ts';
import type { Queued } from '../../protocol/codecs/queued.ts';
import type { SharedFile } from './shared-file.ts';

/** A peer asks for one range of a file after the other: in between it is shown for so long. */
const SHOWN_MS = 5_000;

export type UploadedFile = Pick<SharedFile, 'absolutePath' | 'sha1' | 'root' | 'sizeBytes'>;

/** One request, as far as it is shown. */
export type ShownUpload = {
  /** For its turn; where it stands, once that is known. */
  readonly waits: (place?: Queued) => void;
  readonly goesOn: () => void;
  readonly sent: (bytes: number) => void;
  /** May be called again. */
  readonly end: () => void;
};

/** Who downloads what from here. */
export type UploadList = {
  readonly begin: (username: string, file: UploadedFile) => ShownUpload;
  readonly list: () => readonly UploadView[];
};

/** One file that one peer downloads, by however many requests. */
type Row = {
  readonly username: string;
  readonly file: UploadedFile;
  readonly speed: SpeedMeter;
  /** The requests that are under way; those that wait with their place, if it is known. */
  readonly open: Map<symbol, 'sending' | Queued | undefined>;
  sentBytes: number;
  lastMs: number;
};

/** @param now ms */
export function createUploadList(now: () => number, isFriend: (username: string) => boolean): UploadList {
  const rows = new Map<string, Row>();
  let lookedMs = now();

  /** Now and then: a peer that fetches thousands of small files makes a row for each, and all would be looked at for each. */
  function forgetOld(): void {
    if (now() - lookedMs < SHOWN_MS) return;
    lookedMs = now();
    for (const [key, row] of rows) if (!isShown(row)) rows.delete(key);
  }

  function isShown({ open, lastMs }: Row): boolean {
    return open.size > 0 || now() - lastMs <= SHOWN_MS;
  }

  function rowOf(username: string, file: UploadedFile): Row {
    // A username holds no line break.
    const key = `${username}\n${file.sha1}\n${file.root ?? ''}`;
    const known = rows.get(key);
    if (known && isShown(known)) return known;
    forgetOld();
    const row: Row = { username, file, speed: createSpeedMeter(now), open: new Map(), sentBytes: 0, lastMs: now() };
    rows.set(key, row);
    return row;
  }

  return {
    begin(username, file) {
      const row = rowOf(username, file);
      const request = Symbol(username);
      row.open.set(request, undefined);
      return {
        waits: (place) => void row.open.set(request, place),
        goesOn: () => void row.open.set(request, 'sending'),
        sent(bytes) {
          row.sentBytes += bytes;
          row.speed.add(bytes);
        },
        end() {
          row.open.delete(request);
          row.lastMs = now();
        },
      };
    },
    list() {
      return [...rows.values()].filter(isShown).map((row) => ({ ...viewOf(row), isFriend: isFriend(row.username) }));
    },
  };
}

function viewOf({ username, file, speed, open, sentBytes }: Row): Omit<UploadView, 'isFriend'> {
  const { absolutePath, sha1, root, sizeBytes } = file;
  const states = [...open.values()];
  const places = states.filter((state) => typeof state === 'object');
  const [queued] = places.toSorted((one, other) => one.position - other.position);
  return {
    username,
    name: basename(absolutePath),
    sha1,
    root,
    sizeBytes,
    sentBytes,
    bytesPerSecond: speed.bytesPerSecond(),
    // Where one of its requests is answered, the peer does not wait.
    queued: states.includes('sending') ? undefined : queued,
  };
}
