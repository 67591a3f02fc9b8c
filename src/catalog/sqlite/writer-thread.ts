import { createAccountWriter } from './accounts.ts';
import { answerCalls } from './answer-calls.ts';
import { openForWriting, type Database } from './database.ts';
import { createDamageWriter } from './index/damage-writer.ts';
import { createListWriter } from './index/list-writer.ts';
import { createMergeWriter } from './index/merge-writer.ts';
import { createSessionWriter } from './sessions.ts';
import { databaseFile, threadData } from './thread-data.ts';

/** All that changes the database. */
export type WriterHandlers = ReturnType<typeof createHandlers>;

function createHandlers(database: Database) {
  const highest = database
    .prepare<[], number>(
      `SELECT max(
        (SELECT coalesce(max(key), 0) FROM peer), (SELECT coalesce(max(list), 0) FROM peer),
        (SELECT coalesce(max(list), 0) FROM upload), (SELECT coalesce(max(key), 0) FROM segment))`,
    )
    .pluck();
  const { replace, ...lists } = createListWriter(database);
  return {
    ...createAccountWriter(database, replace),
    ...lists,
    ...createMergeWriter(database),
    ...createDamageWriter(database),
    ...createSessionWriter(database),
    /** The highest number that is given to a peer, a list or a segment. The first call of a thread opens the database. */
    open: (): number => highest.get() ?? 0,
  };
}

export default answerCalls(() => {
  const database = openForWriting(databaseFile(threadData()));
  return { database, handlers: createHandlers(database), transaction: 'immediate' };
});
