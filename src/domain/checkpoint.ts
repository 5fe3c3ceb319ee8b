/** A checkpoint of the sealed record (D49) in its short form, which stands in events, in mails and on pages. */
export interface ShortCheckpoint {
  /** The tree that it is of. */
  readonly origin: string;
  /** How many rows are sealed. */
  readonly size: number;
  /** The root of their hashes, as base64. */
  readonly root: string;
}

/** The short form on one line: origin, size, root. */
export const checkpointLine = ({ origin, size, root }: ShortCheckpoint): string => `${origin} ${size} ${root}`;

/**
 * What is signed of a checkpoint (C2SP tlog-checkpoint): a line each for origin, size and root, and in an epoch that follows another
 * one for the newest checkpoint that is known of it.
 */
export function checkpointText({ origin, size, root }: ShortCheckpoint, previous: string | null): string {
  return `${origin}\n${size}\n${root}\n${previous === null ? '' : `after ${previous}\n`}`;
}

/** Reads what `checkpointText` made. Throws where it is none. */
export function readCheckpoint(text: string): ShortCheckpoint & { readonly previous: string | null } {
  const [, origin, size, root, previous] =
    /^([^\s+]+)\n([1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:after (\S+ \d+ \S+)\n)?$/.exec(text) ?? [];
  if (origin === undefined || root === undefined) {
    throw new Error(`origin, size and root, a line each, were expected; found ${JSON.stringify(text.slice(0, 200))}`);
  }
  return { origin, size: Number(size), root, previous: previous ?? null };
}
