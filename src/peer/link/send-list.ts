import { randomBytes } from 'node:crypto';
import { SwapmeetError } from '../../domain/errors.ts';
import { encodeFileLine } from '../../protocol/codecs/file-list.ts';
import { encodeChangeLine } from '../../protocol/codecs/list-changes.ts';
import type { ListUpload } from '../../protocol/codecs/publish.ts';
import { LIST_PART_BYTES_MAX, LIST_PARTS_MAX, SMALL_BYTES_MAX } from '../../protocol/limits.ts';
import { batchLines } from './line-batches.ts';
import type { Publication, PublishedList } from './published-list.ts';
import type { ServerLink } from './server-link.ts';

/** The server answers when it is on disk, and others’ lists may come before. */
const TIMEOUT = { timeoutMs: 600_000 };
/** What a message carries beside the lines. */
const LINES_BYTES_MAX = LIST_PART_BYTES_MAX - SMALL_BYTES_MAX;
const TOKEN_BYTES = 12;

type Caller = Pick<ServerLink, 'call'>;

/** Where a list in parts goes on: behind so many parts, and the path that these end with. */
type Resumption = {
  readonly token: string;
  readonly position: number;
  readonly parts: number;
  readonly after?: string;
};

/**
 * Sends the whole list in parts, and has it take effect. Goes on where it broke off, if the server still has the parts.
 *
 * What changes meanwhile is sent or not, as it comes; in either case it is a change after the list, and sent again with those.
 *
 * @param staged what the server has of a list in parts
 * @returns the new revision
 * @throws SwapmeetError the KO; `too-large`
 */
export async function sendList(
  link: Caller,
  { entries, publication }: Pick<PublishedList, 'entries' | 'publication'>,
  staged: ListUpload | undefined,
): Promise<{ readonly revision: string; readonly parts: number; readonly resumedAt: number }> {
  const { token, position, parts: resumedAt, after } = resume(publication, staged) ?? begin(publication);
  let parts = resumedAt;
  const send = async (fileList: Uint8Array): Promise<void> => {
    parts += 1;
    if (parts > LIST_PARTS_MAX) throw tooLong();
    await link.call('LIST_PART', { token, part: parts, fileList }, TIMEOUT);
  };
  for await (const { bytes, last } of batchLines(entries(after), encodeFileLine, LINES_BYTES_MAX)) {
    publication.notePart(parts + 1, last.path);
    await send(bytes);
  }
  if (parts === 0) await send(new Uint8Array());
  const { revision } = await link.call('LIST_COMMIT', { token, parts }, TIMEOUT);
  publication.endUpload({ token, position }, revision);
  return { revision, parts, resumedAt };
}

function begin(publication: Publication): Resumption {
  return { ...publication.beginUpload(randomBytes(TOKEN_BYTES).toString('base64url')), parts: 0 };
}

/** Only behind parts that end where this side knows: then nothing is left out, and nothing comes from another list. */
function resume(publication: Publication, staged: ListUpload | undefined): Resumption | undefined {
  const upload = publication.upload();
  if (upload === undefined || upload.token !== staged?.token) return undefined;
  const after = publication.lastPathOf(staged.parts);
  return after === undefined ? undefined : { ...upload, parts: staged.parts, after };
}

/**
 * Sends what has changed since a revision of the server’s, in as many messages as it takes.
 *
 * @returns how many changes
 * @throws SwapmeetError the KO: `wrong-revision` where the server’s list is another one
 */
export async function sendChanges(link: Caller, publication: Publication, since: string): Promise<number> {
  const upTo = publication.position();
  let revision = since;
  let sent = 0;
  const counted = function* () {
    for (const pending of publication.changes(publication.publishedPosition(), upTo)) {
      sent += 1;
      yield pending;
    }
  };
  for await (const { bytes, last } of batchLines(
    counted(),
    ({ change }) => encodeChangeLine(change),
    LINES_BYTES_MAX,
  )) {
    ({ revision } = await link.call('LIST_DELTA', { revision, changes: bytes }, TIMEOUT));
    publication.advance(revision, last.position);
  }
  return sent;
}

function tooLong(): SwapmeetError {
  return new SwapmeetError(
    'too-large',
    'the shares have more files than one list can carry: share fewer folders with one peer',
  );
}
