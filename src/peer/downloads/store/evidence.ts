import type { QueueDatabase } from './queue-database.ts';

/** A source that sent wrong bytes. */
export type Liar = { readonly key: string; readonly username: string };

/** What was learnt about a content, by the id of what downloads it. */
export type Evidence = {
  /** Verified against the root before it is stored. */
  layer(id: string): Uint8Array | undefined;
  setLayer(id: string, layer: Uint8Array): void;
  liars(id: string): Liar[];
  addLiar(id: string, liar: Liar): void;
  /** A person starts it again: everybody gets another chance. */
  clearLiars(id: string): void;
};

export function createEvidence({ database, run }: QueueDatabase): Evidence {
  const layer = database.prepare<[string], Buffer>('SELECT bytes FROM layer WHERE download = ?').pluck();
  const setLayer = database.prepare<[string, Uint8Array]>('INSERT OR REPLACE INTO layer VALUES (?, ?)');
  const liars = database.prepare<[string], Liar>('SELECT key, username FROM liar WHERE download = ? ORDER BY username');
  const addLiar = database.prepare<[string, string, string]>('INSERT OR IGNORE INTO liar VALUES (?, ?, ?)');
  const clearLiars = database.prepare<[string]>('DELETE FROM liar WHERE download = ?');
  return {
    layer: (id) => run(() => layer.get(id)),
    setLayer: (id, bytes) => void run(() => setLayer.run(id, bytes)),
    liars: (id) => run(() => liars.all(id)),
    addLiar: (id, { key, username }) => void run(() => addLiar.run(id, key, username)),
    clearLiars: (id) => void run(() => clearLiars.run(id)),
  };
}
