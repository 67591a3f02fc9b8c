import { createByteWriter } from './byte-writer.ts';
import { keepCompiled } from './keep-compiled.ts';

/** Every so many records the index says where one begins. */
const GROUP_BITS = 3;
const GROUP_RECORDS = 1 << GROUP_BITS;

/** Records of any length, by number. */
export type Records = {
  /** Where the record that was found begins and ends in `window`, until the next is sought. */
  at: number;
  end: number;
  readonly window: Buffer;
  find(id: number): void;
};

/** Writes records one after the other, each behind its length. */
export function createRecordWriter(write: (chunk: Uint8Array) => void) {
  const writer = createByteWriter(write);
  const index: number[] = [];
  let count = 0;
  return {
    add: (bytes: Uint8Array, from = 0, to = bytes.length): void => {
      if (count % GROUP_RECORDS === 0) index.push(writer.length());
      count += 1;
      writer.varint(to - from);
      writer.bytes(bytes, from, to);
    },
    /** Returns the index. */
    finish: (): Uint32Array => {
      writer.flush();
      return Uint32Array.from(index);
    },
  };
}

/** @param window the records, which are in memory as a whole */
export function openRecords(window: Buffer, index: Uint32Array): Records {
  // Where the record after the last one begins: they are mostly sought in their order.
  let nextId = -1;
  let nextAt = 0;
  const records: Records = {
    at: 0,
    end: 0,
    window,
    find: (id) => {
      const group = id >> GROUP_BITS;
      const goesOn = id >= nextId && nextId >> GROUP_BITS === group && nextId !== -1;
      let current = goesOn ? nextId : group << GROUP_BITS;
      let at = goesOn ? nextAt : (index[group] ?? 0);
      for (;;) {
        let byte = window[at++] ?? 0;
        let length = byte & 127;
        for (let shift = 7; byte > 127; shift += 7) {
          byte = window[at++] ?? 0;
          length |= (byte & 127) << shift;
        }
        if (current === id) {
          records.at = at;
          records.end = at + length;
          nextId = id + 1;
          nextAt = at + length;
          return;
        }
        at += length;
        current += 1;
      }
    },
  };
  return records;
}

keepCompiled(createRecordWriter(() => undefined));
