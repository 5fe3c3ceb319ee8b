import { readFile, writeFile } from 'node:fs/promises';

/** Reads the secret from a file that only its owner can read. The first call creates the file with a new secret. */
export async function keptSecret(file: string, make: () => string): Promise<string> {
  try {
    // `wx` never overwrites a secret: existing links depend on it.
    await writeFile(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret === '')
    throw new Error(`${file} is empty: it kept a secret once. Restore it, or delete it to begin anew.`);
  return secret;
}
