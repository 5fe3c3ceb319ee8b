/** What programs add to words when they quote or convert a mail: addresses of links, names of pictures, our own markers. */
const NO_WORDS =
  /https?:\/\/[^\s<>"'()[\]]+|<mailto:[^<>\s]*>|\[(?:cid|image|billede):[^\]\n]{0,200}\]|\[(?:link|address) removed\]/gi;

/**
 * The words of a text in small letters, by which two texts are compared: without punctuation, line breaks, marks of quotation
 * and addresses of links, which differ between copies of the same text.
 */
export function wordsOf(text: string): string[] {
  return (
    text
      .replaceAll(NO_WORDS, ' ')
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/\p{Cf}/gu, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Returns whether a text has some words one after another. Of more than three words, each three in a row are looked for. */
export function runsIn(text: string): (words: readonly string[]) => boolean {
  const runs = new Set<string>();
  const words = wordsOf(text);
  for (const length of [1, 2, 3]) for (const run of runsOf(words, length)) runs.add(run);
  return (some) => runsOf(some, Math.min(some.length, 3)).every((run) => runs.has(run));
}

function runsOf(words: readonly string[], length: number): string[] {
  const runs: string[] = [];
  for (let from = 0; from + length <= words.length; from += 1) runs.push(words.slice(from, from + length).join(' '));
  return runs;
}
