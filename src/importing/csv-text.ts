import type { ImportFile } from './format.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** The text of a file, in pieces, and how it is encoded. */
export interface DecodedFile {
  readonly encoding: Encoding;
  /** From the beginning, without a byte order mark. */
  readonly text: () => AsyncGenerator<string>;
}

/** Decodes a file as UTF-8, or else as Windows-1252, which Danish Excel writes; as UTF-16 where its first bytes say so. */
export async function decoded(file: ImportFile): Promise<DecodedFile> {
  const encoding = await encodingOf(file);
  return { encoding, text: () => decode(file, new TextDecoder(encoding)) };
}

async function encodingOf(file: ImportFile): Promise<Encoding> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  for await (const chunk of file.read()) {
    if (isFirst && chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
    if (isFirst && chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
    isFirst = false;
    try {
      strict.decode(chunk, { stream: true });
    } catch {
      return 'windows-1252';
    }
  }
  try {
    strict.decode();
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

async function* decode(file: ImportFile, decoder: TextDecoder): AsyncGenerator<string> {
  for await (const chunk of file.read()) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
