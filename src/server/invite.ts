import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { SwapmeetError } from '../domain/errors.ts';

const INVITE_BYTES = 16;
const FORM = /^[A-Za-z0-9_-]{8,128}$/;

/**
 * The invite kept in `file` (0600), made at first use. Whoever removes the file gets a new one at the next start, which
 * makes all join links given out before useless to newcomers.
 *
 * @throws SwapmeetError `disk-error` where the file can't be read or holds no invite
 */
export async function loadOrCreateInvite(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new SwapmeetError('disk-error', `the invite in ${file} can't be read: check its permissions`, {
        cause: error,
      });
    }
    const invite = randomBytes(INVITE_BYTES).toString('base64url');
    await writeFileAtomic(file, `${invite}\n`, { mode: 0o600 });
    return invite;
  }
  const invite = text.trim();
  if (!FORM.test(invite)) {
    throw new SwapmeetError(
      'disk-error',
      `${file} does not hold an invite (8 to 128 letters, digits, - and _): remove it, and a new one is made`,
    );
  }
  return invite;
}
