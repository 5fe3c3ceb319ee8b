import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone after the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'varsel-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A file with these bytes, open to read. `become` puts other bytes in their place. */
export async function scratchFile(
  content: Buffer,
): Promise<{ readonly name: string; readonly file: FileHandle; readonly become: (other: Buffer) => Promise<void> }> {
  const name = path.join(await scratchFolder(), 'file');
  await writeFile(name, content);
  const file = await open(name, 'r+');
  onTestFinished(() => file.close());
  return {
    name,
    file,
    become: async (other) => {
      await file.truncate(0);
      await file.write(other, 0, other.length, 0);
    },
  };
}
