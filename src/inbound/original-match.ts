import { wordsOf } from './words.ts';

/** A line begins a run with so many words; shorter ones only continue one. */
const FIRST_WORDS = 3;
/** So many words of the original may be missing between two lines of a run: a link, a label that a program has changed. */
const GAP = 12;
/** A line behind such a gap has so many words; shorter ones follow at once. */
const WORDS_BEHIND_GAP = 6;
const LINES_AHEAD = 10;
/** Stands between two copies of the original, and is no word. */
const BOUNDARY = '\n';

interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Looks for each line's words in the original, whose copies are its text, the text of its HTML and its subject. A run is made of
 * lines that follow each other in the original, however they are wrapped here, and whatever stands between them here. The length
 * of the run says how sure it is that they are copied, and not a person's own words that happen to stand in the original.
 *
 * Returns for each line how many words its run has; 0 for a line that does not stand in the original.
 */
export function matchLines(lines: readonly (readonly string[])[], copies: readonly string[]): number[] {
  const original = copies.flatMap((copy) => [...wordsOf(copy), BOUNDARY]);
  const placesOf = Map.groupBy(original.keys(), (index) => original[index] ?? '');
  const standsAt = (words: readonly string[], at: number) =>
    words.every((word, index) => original[at + index] === word);

  const places: (Place | null)[] = [];
  const above: (Place | null)[] = [];
  let last: Place | null = null;
  for (const [index, words] of lines.entries()) {
    const end: number = last?.end ?? 0;
    const found: Place | null = isInserted(index, end) ? null : placeOf(words, end);
    places.push(found);
    above.push(last);
    last = found ?? last;
  }
  // A heading before the first line of a run is too short to begin it.
  for (let index = lines.length - 1, next: Place | null = null; index >= 0; index -= 1) {
    const words = lines[index] ?? [];
    if (places[index] === null && next !== null && words.length > 0) {
      const start = next.start - words.length;
      const before = above[index] ?? null;
      const isTaken = before !== null && before.start < next.start && before.end > start;
      if (start >= 0 && !isTaken && standsAt(words, start)) places[index] = { start, end: next.start };
    }
    if (words.length > 0) next = places[index] ?? null;
  }
  return runLengths(places);

  /** Whether a short line is somebody's own, since one behind it goes on where the last one ended. */
  function isInserted(index: number, expected: number): boolean {
    const words = lines[index] ?? [];
    if (words.length === 0 || words.length >= WORDS_BEHIND_GAP) return false;
    const goesOn = lines
      .slice(index + 1, index + 1 + LINES_AHEAD)
      .filter((next) => next.length > 0 && standsAt(next, expected));
    // The beginning of what we wrote, and behind it all of it.
    return standsAt(words, expected) ? goesOn.some((next) => next.length > words.length) : goesOn.length > 0;
  }

  function placeOf(words: readonly string[], expected: number): Place | null {
    const [first] = words;
    if (first === undefined) return null;
    const starts = (placesOf.get(first) ?? []).filter((start) => standsAt(words, start));
    const next = starts.find((start) => start >= expected && start <= expected + gapBefore(words.length));
    const start = next ?? (words.length < FIRST_WORDS ? undefined : starts[0]);
    return start === undefined ? null : { start, end: start + words.length };
  }
}

/** How many words may be missing before a line of so many words. */
function gapBefore(words: number): number {
  return words < WORDS_BEHIND_GAP ? 0 : GAP;
}

function runLengths(places: readonly (Place | null)[]): number[] {
  const lengths = places.map(() => 0);
  let run: number[] = [];
  let end = -1;
  let words = 0;
  const endRun = () => {
    for (const index of run) lengths[index] = words;
  };
  for (const [index, place] of places.entries()) {
    if (place === null) continue;
    if (place.start < end || place.start > end + gapBefore(place.end - place.start)) {
      endRun();
      run = [];
      words = 0;
    }
    run.push(index);
    words += place.end - place.start;
    end = place.end;
  }
  endRun();
  return lengths;
}
