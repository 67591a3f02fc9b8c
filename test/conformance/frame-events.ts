import { createFrameDecoder, type FrameCaps, type FrameEvent } from '../../src/protocol/frame.ts';

/** A frame event as test vectors write it; adjacent data is one. */
export type SeenEvent =
  | { readonly message: number; readonly text: string }
  | { readonly data: string }
  | { readonly violation: string; readonly type: number };

function seen(event: FrameEvent): SeenEvent {
  if (event.kind === 'message') return { message: event.type, text: event.payload.toString('utf8') };
  if (event.kind === 'data') return { data: event.bytes.toString('hex') };
  return { violation: event.code, type: event.type };
}

/** Collects events as they come; what they hold is copied, as their views last only until the next push. */
export function createCollector(): { add(events: readonly FrameEvent[]): void; readonly events: SeenEvent[] } {
  const events: SeenEvent[] = [];
  return {
    add(added) {
      for (const event of added.map(seen)) {
        const last = events.at(-1);
        if (last && 'data' in last && 'data' in event) events[events.length - 1] = { data: last.data + event.data };
        else events.push(event);
      }
    },
    events,
  };
}

/** What a fresh decoder makes of chunks pushed one after the other. */
export function decodeChunks(
  chunks: readonly Uint8Array[],
  caps: FrameCaps,
  createDecoder = createFrameDecoder,
): SeenEvent[] {
  const decoder = createDecoder(caps);
  const collector = createCollector();
  for (const chunk of chunks) collector.add(decoder.push(chunk));
  return collector.events;
}
