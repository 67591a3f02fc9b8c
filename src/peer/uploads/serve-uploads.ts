import type { ByteBudget } from '../../transport/byte-budget.ts';
import type { Channel } from '../../transport/channel.ts';
import { EVENTS, eventCodecOf } from '../../protocol/messages.ts';
import { respond, type Responder } from '../../transport/responder.ts';
import { createAdmission } from './admission.ts';
import { createConnectionParts } from './connection-parts.ts';
import { createOpenFiles } from './open-files.ts';
import type { UploadConnection, UploadContext } from './upload-context.ts';
import { createUploadHandlers } from './upload-handlers.ts';

/** Who has not shown a ticket has this long for it. */
const OPEN_TIMEOUT_MS = 15_000;
/** Who has may pause between two files. */
const ADMITTED_TIMEOUT_MS = 120_000;

export type ServeOptions = {
  readonly budget: ByteBudget;
  /** Told of faults of this side. */
  readonly onFault: (error: unknown) => void;
};

/** Answers another peer until its connection ends. */
export function serveUploads(context: UploadContext, channel: Channel, options: ServeOptions): Responder {
  const admission = createAdmission(context.now, context.connections);
  const files = createOpenFiles(context.index);
  const tell: UploadConnection['tell'] = (name, payload) =>
    responder.push(EVENTS[name].code, eventCodecOf(name).encode(payload));
  const parts = createConnectionParts((has) => tell('HAS', has));
  const responder: Responder = respond({
    at: 'peer',
    channel,
    handlers: createUploadHandlers(context, {
      certificate: channel.certificate,
      admission,
      files,
      parts,
      tell,
    }),
    state: () => admission.state(),
    idleTimeoutMs: (state) => (state === 'open' ? OPEN_TIMEOUT_MS : ADMITTED_TIMEOUT_MS),
    ...options,
  });
  const closed = responder.closed.then(() => files.close()).catch(options.onFault);
  void closed.then(admission.end);
  void closed.then(parts.end);
  return {
    end: (reason) => {
      responder.end(reason);
    },
    push: (type, payload) => responder.push(type, payload),
    closed,
  };
}
