import { SwapmeetError } from '../../src/domain/errors.ts';
import { decodeFileList, encodeFileLine } from '../../src/protocol/codecs/file-list.ts';
import { decodeChanges } from '../../src/protocol/codecs/list-changes.ts';
import type { RequestOf } from '../../src/protocol/messages.ts';
import type { ServerLink } from '../../src/peer/link/server-link.ts';

type ListRequest = 'LIST_STATE' | 'LIST_PART' | 'LIST_COMMIT' | 'LIST_DELTA';

/** The list of one peer as a server has it, in memory, and a link to it that fails as a test says. */
export type ListServer = {
  readonly call: ServerLink['call'];
  /** The lines of the list in effect, in order. */
  readonly lines: () => string[];
  /** The requests so far. */
  readonly names: ListRequest[];
  /** What becomes of the next requests: `before` they are acted on the link fails, or `after`; then only the reply is lost. */
  readonly faults: ('before' | 'after' | undefined)[];
  /** The list is gone, with all that was on its way. */
  readonly lose: () => void;
  /** The lines of what was sent in parts or as changes. */
  readonly linesSent: () => number;
};

export function createListServer(): ListServer {
  const names: ListRequest[] = [];
  const faults: ListServer['faults'] = [];
  let entries = new Map<string, string>();
  let revisions = 0;
  let upload: { token: string; parts: Buffer[] } | undefined;
  let linesSent = 0;

  const revision = (): string => `r${revisions}`;
  const changed = (): { revision: string } => {
    revisions += 1;
    return { revision: revision() };
  };
  const refuse = (code: 'wrong-part' | 'unknown-list' | 'wrong-revision'): never => {
    throw new SwapmeetError(code, 'as the test has it');
  };

  function takePart({ token, part, fileList }: RequestOf<'LIST_PART'>): { part: number } {
    const staged = upload?.token === token ? upload.parts : [];
    if (part > staged.length + 1) refuse('wrong-part');
    if (part === staged.length + 1) {
      upload = { token, parts: [...staged, Buffer.from(fileList)] };
      linesSent += [...decodeFileList(fileList)].length;
    }
    return { part };
  }

  function commit({ token, parts }: RequestOf<'LIST_COMMIT'>): { revision: string } {
    if (upload?.token !== token) return refuse('unknown-list');
    if (upload.parts.length !== parts) refuse('wrong-part');
    const listed = upload.parts.flatMap((part) => [...decodeFileList(part)]);
    entries = new Map(listed.map((entry) => [entry.path, encodeFileLine(entry)]));
    upload = undefined;
    return changed();
  }

  function takeChanges(request: RequestOf<'LIST_DELTA'>): { revision: string } {
    if (request.revision !== revision()) refuse('wrong-revision');
    for (const change of decodeChanges(request.changes)) {
      linesSent += 1;
      if ('add' in change) entries.set(change.add.path, encodeFileLine(change.add));
      else entries.delete(change.remove);
    }
    return changed();
  }

  const answers: { readonly [Name in ListRequest]: (request: RequestOf<Name>) => unknown } = {
    LIST_STATE: () => ({ revision: revision(), upload: upload && { token: upload.token, parts: upload.parts.length } }),
    LIST_PART: takePart,
    LIST_COMMIT: commit,
    LIST_DELTA: takeChanges,
  };

  async function call(name: ListRequest, request: never): Promise<unknown> {
    names.push(name);
    const fault = faults.shift();
    const lost = new SwapmeetError('disconnected', 'the connection was lost');
    await Promise.resolve();
    if (fault === 'before') throw lost;
    const reply = (answers[name] as (request: never) => unknown)(request);
    if (fault === 'after') throw lost;
    return reply;
  }

  return {
    call: call as ServerLink['call'],
    lines: () => [...entries.values()].sort(),
    names,
    faults,
    lose: () => {
      entries = new Map();
      upload = undefined;
      changed();
    },
    linesSent: () => linesSent,
  };
}
