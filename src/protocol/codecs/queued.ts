import { fieldsPayload, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';

/** The place of a DOWNLOAD or BUNDLE that waits for an upload slot. */
export type Queued = {
  /** 1 is the next to be served. */
  readonly position: number;
  /** Until it is served, as far as the serving peer can tell. */
  readonly estimateS?: number | undefined;
};

/** QUEUED's payload. */
export const queuedEvent: Codec<Queued> = textCodec(
  ({ position, estimateS }) => fieldsPayload([String(position), estimateS === undefined ? '' : String(estimateS)]),
  ({ lines }) => {
    const [position, estimate] = takeLines(lines, ['position', 'estimate in seconds']);
    return {
      position: takeInteger('position', position, 1, Number.MAX_SAFE_INTEGER),
      estimateS: takeOptional(estimate, (text) => takeInteger('estimate', text, 0, Number.MAX_SAFE_INTEGER)),
    };
  },
);
