/** Reads CSV as RFC 4180 says, and throws for anything else. */
export function parseCsv(text: string, separator: ';' | ','): string[][] {
  const lines: string[][] = [[]];
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^",;\\r\\n]*))(${separator}|\\r\\n)`, 'y');
  let end = 0;
  while (end < text.length) {
    field.lastIndex = end;
    const found = field.exec(text);
    if (!found) throw new Error(`no CSV at ${JSON.stringify(text.slice(end, end + 60))}`);
    lines.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    end = field.lastIndex;
    if (found[3] === '\r\n' && end < text.length) lines.push([]);
  }
  return lines;
}
