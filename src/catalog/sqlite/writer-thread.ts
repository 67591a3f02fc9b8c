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
  const forgetGone = database.prepare('DELETE FROM peer_state WHERE peer NOT IN (SELECT key FROM peer)');
  const { replace, ...lists } = createListWriter(database);
  return {
    ...createAccountWriter(database, replace),
    ...lists,
    ...createMergeWriter(database),
    ...createDamageWriter(database),
    ...createSessionWriter(database),
    /**
     * The highest number that is given to a peer, a list or a segment. Called once, before anybody reads: those who follow what
     * changes have to be told who is gone, those who begin with nothing have not.
     */
    open: (): number => {
      forgetGone.run();
      return highest.get() ?? 0;
    },
  };
}

export default answerCalls(() => {
  const database = openForWriting(databaseFile(threadData()));
  return { database, handlers: createHandlers(database), transaction: 'immediate' };
});
