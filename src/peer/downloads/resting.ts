import type { Draft } from './draft.ts';
import type { Offer } from './offer.ts';
import { lookAt } from './target/choose.ts';

/** Each may keep a file open. */
const RESTING_MAX = 128;

/** What a download has, and gives to others. */
export type Rest = { readonly draft: Draft; readonly offer: Offer };

/**
 * The drafts of downloads that are not at work now but wait for their turn. Others are still served of them: two that wait for
 * each other's pieces might never be at work at the same time. Nor is a draft hashed again while nobody touches its file.
 */
export type Resting = {
  /** Keeps a draft, if it has anything; else its offer ends. */
  put(id: string, rest: Rest): Promise<void>;
  /** Gives it back, unless there is none, or its file is another now. */
  take(id: string): Promise<Rest | undefined>;
  /** Ends the offers of these, and of the files of these folders. */
  drop(ids: readonly string[]): Promise<void>;
  /** Ends them all. */
  close(): Promise<void>;
};

export function createResting(): Resting {
  const resting = new Map<string, Rest & { readonly stamp: string }>();

  async function end(id: string): Promise<void> {
    const rest = resting.get(id);
    resting.delete(id);
    await rest?.offer.end('given-up');
  }

  return {
    async put(id, { draft, offer }) {
      await end(id);
      const stamp = isWorthwhile(draft) ? await stampOf(draft.partPath) : undefined;
      if (stamp === undefined) {
        await offer.end('given-up');
        return;
      }
      draft.plan.clear();
      resting.set(id, { draft, offer, stamp });
      const [oldest] = resting.keys();
      if (resting.size > RESTING_MAX && oldest !== undefined) await end(oldest);
    },
    async take(id) {
      const rest = resting.get(id);
      if (!rest) return undefined;
      if ((await stampOf(rest.draft.partPath)) !== rest.stamp) {
        await end(id);
        return undefined;
      }
      return resting.delete(id) ? rest : undefined;
    },
    async drop(ids) {
      const wanted = new Set(ids);
      // A file of a folder has the folder’s id, a slash and its number.
      const dropped = [...resting.keys()].filter((id) => wanted.has(id.split('/', 1)[0] ?? id) || wanted.has(id));
      await Promise.all(dropped.map(end));
    },
    async close() {
      await Promise.all([...resting.keys()].map(end));
    },
  };
}

/** Without hashes of pieces nothing can be served, and nothing has to be hashed. */
function isWorthwhile({ layer, plan }: Draft): boolean {
  return layer !== undefined && plan.verifiedBytes() > 0;
}

/** What changes when somebody writes to the file, or puts another in its place; undefined where it can't be told. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const stat = await lookAt(path);
    return stat?.isFile() ? `${stat.size} ${stat.mtimeNs} ${stat.ino}` : undefined;
  } catch {
    return undefined;
  }
}
