/** The messages between the main thread and worker threads. All is plain data: an error's class would not survive. */
import type { ErrorCode } from '../../domain/errors.ts';

/** What a thread does: by name, what it takes and what it gives. */
export type Operations = Readonly<Record<string, { readonly request: Request; readonly reply: unknown }>>;

/** `bytes` goes to the other thread with the request, and comes back with the reply, whatever the operation did. */
type Request = Readonly<Record<string, unknown>> & { readonly bytes?: Uint8Array<ArrayBuffer> };

export type Call<Ops extends Operations> = {
  [Name in keyof Ops]: { readonly call: number; readonly name: Name; readonly request: Ops[Name]['request'] };
}[keyof Ops];

export type Reply = { readonly call: number; readonly bytes: Uint8Array<ArrayBuffer> | undefined } & (
  { readonly reply: unknown } | { readonly code: ErrorCode; readonly sentence: string }
);
