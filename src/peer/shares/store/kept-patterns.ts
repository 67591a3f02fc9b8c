import type Database from 'better-sqlite3';
import type { SharePatterns } from '../filter/patterns.ts';

/** The patterns that the known files were chosen by. */
export type KeptPatterns = {
  readonly isSame: (patterns: SharePatterns) => boolean;
  readonly keep: (patterns: SharePatterns) => void;
};

export function createKeptPatterns(database: Database.Database): KeptPatterns {
  const select = database.prepare<[], string>('SELECT text FROM patterns').pluck();
  const replace = database.prepare<[string]>(
    'INSERT INTO patterns (key, text) VALUES (1, ?) ON CONFLICT DO UPDATE SET text = excluded.text',
  );
  return {
    isSame: (patterns) => select.get() === textOf(patterns),
    keep: (patterns) => void replace.run(textOf(patterns)),
  };
}

function textOf({ exclude, include }: SharePatterns): string {
  return JSON.stringify({ exclude, include });
}
