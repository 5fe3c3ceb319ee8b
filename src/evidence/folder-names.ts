/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** Most file systems take 255 bytes. The folder of a share has a change's id before, and an ending behind it. */
const MAX_BYTES = 150;

/** The beginning of a text, as many whole characters as fit. */
function beginningOf(text: string): string {
  const beginning = Buffer.alloc(MAX_BYTES);
  return beginning.toString('utf8', 0, beginning.write(text));
}

/**
 * Makes names of folders from external ids, in the order in which they come: readable, safe everywhere, and each once also where
 * capitals do not tell names apart.
 */
export function folderNames(): (externalId: string) => string {
  const given = new Set<string>();
  return (externalId) => {
    const safe = beginningOf(externalId.replaceAll(/[^\p{L}\p{N}_-]/gu, '_').normalize('NFC'));
    const name = RESERVED.test(safe) ? `${safe}_` : safe;
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name}_${number}`;
      const key = candidate.toLowerCase();
      if (given.has(key)) continue;
      given.add(key);
      return candidate;
    }
  };
}
