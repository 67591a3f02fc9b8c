import { workerData } from 'node:worker_threads';
import { createAccountReader } from './accounts.ts';
import { answerCalls } from './answer-calls.ts';
import { openForReading, type Database } from './database.ts';
import { createBrowser, createPeerList } from './listing.ts';
import { createFolderListing } from './folder-listing.ts';
import { createNetworkTotals } from './network.ts';
import { createListStates } from './publishing.ts';
import { createSearch } from './search.ts';
import { createSessionReader } from './sessions.ts';
import { createSources } from './sources.ts';

/** All that reads the database. */
export type ReaderHandlers = ReturnType<typeof createHandlers>;

function createHandlers(database: Database) {
  const { sources } = createSources(database);
  return {
    ...createAccountReader(database),
    ...createSessionReader(database),
    ...createListStates(database),
    ...createPeerList(database),
    ...createBrowser(database),
    ...createFolderListing(database),
    ...createNetworkTotals(database),
    ...createSearch(database),
    sources,
  };
}

export default answerCalls(() => {
  const database = openForReading(String(workerData));
  return { database, handlers: createHandlers(database), transaction: 'deferred' };
});
