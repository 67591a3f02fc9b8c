import { answerCalls } from './answer-calls.ts';
import { openForReading } from './database.ts';
import { createIndexer } from './index/indexer.ts';
import { databaseFile, openIndex, threadData } from './thread-data.ts';

/** All that makes segments. */
export type IndexerHandlers = ReturnType<typeof createIndexer>;

export default answerCalls(() => {
  const database = openForReading(databaseFile(threadData()));
  const { files, index } = openIndex(database);
  return { database, handlers: createIndexer(database, files, index), transaction: 'none' };
});
