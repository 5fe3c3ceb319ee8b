import { readCheckpoint, type ShortCheckpoint } from '../domain/checkpoint.ts';

/**
 * Reads what somebody outside has kept of checkpoints: a signed note, or lines of origin, size and root as they stand in mails, events
 * and on the register page. Throws where a line is neither.
 */
export function readWitness(text: string): ShortCheckpoint[] {
  const end = text.indexOf('\n\n');
  if (end !== -1) {
    const { origin, size, root } = readCheckpoint(text.slice(0, end + 1));
    return [{ origin, size, root }];
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const { origin, size, root } = readCheckpoint(`${line.trim().split(/\s+/).join('\n')}\n`);
    return { origin, size, root };
  });
}
