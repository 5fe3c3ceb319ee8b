import { readFile, writeFile } from 'node:fs/promises';

/** A secret kept in a file that its owner alone can read; made at the first call. */
export async function keptSecret(file: string, make: () => string): Promise<string> {
  try {
    // Exclusive: a secret that is there, and on which links depend, is never overwritten.
    await writeFile(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret === '')
    throw new Error(`${file} is empty: it kept a secret once. Restore it, or delete it to begin anew.`);
  return secret;
}
