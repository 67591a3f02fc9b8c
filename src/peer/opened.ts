import type { Logger } from 'pino';

type Part = { close(): unknown };

/** Parts that are opened one after the other, each of which may use those before it. */
export type Opened = { readonly add: (part: Part) => void };

/**
 * Opens a whole of several parts. Its `close` closes them all, the last one first, whatever fails on the way; it rejects with
 * the first failure. When `open` fails, what it had opened by then is closed, too.
 */
export async function openTogether<Whole extends object>(
  log: Logger,
  open: (opened: Opened) => Promise<Whole>,
): Promise<Whole & { readonly close: () => Promise<void> }> {
  const parts: Part[] = [];
  try {
    const whole = await open({ add: (part) => void parts.push(part) });
    return { ...whole, close: () => closeAll(parts) };
  } catch (error) {
    await closeAll(parts).catch((err: unknown) => {
      log.error({ err }, 'what had been started could not be stopped');
    });
    throw error;
  }
}

async function closeAll(parts: Part[]): Promise<void> {
  const failures: unknown[] = [];
  for (let part = parts.pop(); part; part = parts.pop()) {
    try {
      await part.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
