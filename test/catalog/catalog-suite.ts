import { after, before, beforeEach, describe } from 'node:test';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { deltaTests } from './deltas.ts';
import { durabilityTests } from './durability.ts';
import { folderTests } from './folders.ts';
import { holderTests } from './holders.ts';
import { hostileTests } from './hostile.ts';
import { listTests } from './lists.ts';
import { listingTests } from './listing.ts';
import { partTests, revisionTests } from './parts.ts';
import { publishingDurabilityTests } from './publishing-durability.ts';
import { registrationTests } from './registration.ts';
import { searchTests } from './search.ts';
import { sessionTests } from './sessions.ts';
import type { Subject } from './support.ts';

/** A place for one catalog, empty at first, which can be opened again after it was closed. */
export type Store = { open(): Promise<Catalog>; remove(): Promise<void> };

/** Expires whatever was registered. */
const LATER_THAN_EVERYTHING_MS = Number.MAX_SAFE_INTEGER;

const TESTS = {
  registrations: registrationTests,
  sessions: sessionTests,
  lists: listTests,
  revisions: revisionTests,
  'lists in parts': partTests,
  'changes of lists': deltaTests,
  pages: listingTests,
  'folders and figures': folderTests,
  searches: searchTests,
  holders: holderTests,
  'hostile names': hostileTests,
} as const;

/** The tests that every implementation of `Catalog` must pass. */
export function runCatalogSuite(name: string, createStore: () => Promise<Store>): void {
  describe(`${name} catalog`, () => {
    let store: Store;
    let catalog: Catalog;
    const subject: Subject = {
      get catalog() {
        return catalog;
      },
    };
    before(async () => {
      store = await createStore();
      catalog = await store.open();
    });
    beforeEach(async () => {
      await catalog.expire(LATER_THAN_EVERYTHING_MS);
    });
    after(async () => {
      await catalog.close();
      await store.remove();
    });

    for (const [what, tests] of Object.entries(TESTS)) {
      describe(what, () => {
        tests(subject);
      });
    }
    describe('durability', () => {
      durabilityTests(createStore);
      publishingDurabilityTests(createStore);
    });
  });
}
