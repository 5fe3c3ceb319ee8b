/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Makes names of folders from external ids, in the order in which they come: readable, safe everywhere, and each once also where
 * capitals do not tell names apart.
 */
export function folderNames(): (externalId: string) => string {
  const given = new Set<string>();
  return (externalId) => {
    const safe = externalId
      .replaceAll(/[^\p{L}\p{N}_-]/gu, '_')
      .normalize('NFC')
      .slice(0, 80);
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
