/** CANCEL [PROTOCOL §6.3]: acts when it arrives, out of turn, on the connection itself; what is left is to answer it in its turn. */
export async function cancel(): Promise<undefined> {
  return Promise.resolve(undefined);
}
