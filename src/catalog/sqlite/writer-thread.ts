import { workerData } from 'node:worker_threads';
import { createAccountWriter } from './accounts.ts';
import { answerCalls } from './answer-calls.ts';
import { openForWriting, type Database } from './database.ts';
import { createPublishing } from './publishing.ts';
import { createSessionWriter } from './sessions.ts';
import { refreshTextIndex } from './text-index.ts';

/** All that changes the database. */
export type WriterHandlers = ReturnType<typeof createHandlers>;

function createHandlers(database: Database) {
  return {
    ...createAccountWriter(database),
    ...createPublishing(database),
    ...createSessionWriter(database),
    /** Does nothing but be called: the first call of a thread opens the database. */
    open: () => undefined,
  };
}

export default answerCalls(() => {
  const database = openForWriting(String(workerData));
  refreshTextIndex(database);
  return { database, handlers: createHandlers(database), transaction: 'immediate' };
});
