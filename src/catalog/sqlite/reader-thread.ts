import { createAccountReader } from './accounts.ts';
import { answerCalls } from './answer-calls.ts';
import { openForReading, type Database } from './database.ts';
import { createIndexQueries } from './index/index-queries.ts';
import type { IndexReader } from './index/index-reader.ts';
import { createListReader } from './index/list-writer.ts';
import { createPeerList } from './listing.ts';
import { createSessionReader } from './sessions.ts';
import { databaseFile, openIndex, threadData } from './thread-data.ts';

/** All that reads the catalog. */
export type ReaderHandlers = ReturnType<typeof createHandlers>;

function createHandlers(database: Database, index: IndexReader) {
  return {
    ...createAccountReader(database),
    ...createSessionReader(database),
    ...createListReader(database),
    ...createPeerList(database),
    ...createIndexQueries(database, index),
  };
}

export default answerCalls(() => {
  const database = openForReading(databaseFile(threadData()));
  const { index } = openIndex(database);
  return { database, handlers: createHandlers(database, index), transaction: 'deferred' };
});
