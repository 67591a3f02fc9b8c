import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { createQueueDatabase } from '../../src/peer/downloads/store/queue-database.ts';
import { MIGRATIONS } from '../../src/peer/downloads/store/schema.ts';

/** The empty database of a queue, in memory. */
export function openQueueInMemory(t: TestContext) {
  const statements: string[] = [];
  const database = new Database(':memory:', { verbose: (statement) => statements.push(String(statement)) });
  t.after(() => database.close());
  for (const step of MIGRATIONS) database.exec(step);
  return {
    queue: createQueueDatabase(database, 'memory'),
    /** How SQLite goes about the newest statement: its steps. */
    plan: (): readonly string[] =>
      database
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${statements.at(-1) ?? ''}`)
        .all()
        .map(({ detail }) => detail),
  };
}
