import type { QueueDatabase } from './queue-database.ts';
import { CHOSEN, chosenParameters, type Chosen, type ChosenParameters } from './selection.ts';

/** A source that sent wrong bytes. */
export type Liar = { readonly key: string; readonly username: string };

/** What was learnt about a content, by the id of what downloads it. */
export type Evidence = {
  /** Verified against the root before it is stored. */
  layer(id: string): Uint8Array | undefined;
  setLayer(id: string, layer: Uint8Array): void;
  liars(id: string): Liar[];
  /** Those of many, by the id of what they lied about; nothing for those about which nobody did. */
  liarsOf(ids: readonly string[]): ReadonlyMap<string, readonly Liar[]>;
  addLiar(id: string, liar: Liar): void;
  /** A person starts these again: everybody gets another chance. */
  clearLiars(chosen: Chosen): void;
};

export function createEvidence({ database, run }: QueueDatabase): Evidence {
  const layer = database.prepare<[string], Buffer>('SELECT bytes FROM layer WHERE download = ?').pluck();
  const setLayer = database.prepare<[string, Uint8Array]>('INSERT OR REPLACE INTO layer VALUES (?, ?)');
  const liars = database.prepare<[string], Liar & { id: string }>(
    `SELECT download AS id, key, username FROM liar WHERE download IN (SELECT value FROM json_each(?)) ORDER BY username`,
  );
  const addLiar = database.prepare<[string, string, string]>('INSERT OR IGNORE INTO liar VALUES (?, ?, ?)');
  const clearLiars = database.prepare<[ChosenParameters]>(
    `DELETE FROM liar WHERE download IN (SELECT value FROM json_each(@ids))
      AND EXISTS (SELECT 1 FROM download WHERE id = liar.download AND ${CHOSEN})`,
  );

  const liarsOf = (ids: readonly string[]): Map<string, Liar[]> => {
    const found = run(() => liars.all(JSON.stringify(ids)));
    const byId = Map.groupBy(found, ({ id }) => id);
    return new Map(Array.from(byId, ([id, those]) => [id, those.map(({ key, username }) => ({ key, username }))]));
  };

  return {
    layer: (id) => run(() => layer.get(id)),
    setLayer: (id, bytes) => void run(() => setLayer.run(id, bytes)),
    liars: (id) => liarsOf([id]).get(id) ?? [],
    liarsOf,
    addLiar: (id, { key, username }) => void run(() => addLiar.run(id, key, username)),
    clearLiars: (chosen) => void run(() => clearLiars.run(chosenParameters(chosen))),
  };
}
