import type { Clock } from '../domain/clock.ts';

/** Writes the story as it goes. Each function writes one or more whole lines. */
export interface Narrator {
  readonly say: (text?: string) => void;
  chapter(title: string): void;
  /** What an act has led to. */
  told(what: string): void;
  /** A text that somebody got, as a quotation. */
  quote(text: string): void;
  /** The day and time of the story, for people. */
  now(): string;
}

const TITLE_WIDTH = 74;

export function narrator(out: { write(text: string): unknown }, clock: Clock): Narrator {
  const say = (text = '') => void out.write(`${text}\n`);
  return {
    say,
    chapter: (title) => say(`\n── ${title} ${'─'.repeat(Math.max(0, TITLE_WIDTH - title.length))}`),
    told: (what) => say(`   ${what}`),
    quote: (text) => say(text.replaceAll(/^/gm, '   │ ')),
    now: () =>
      clock()
        .toZonedDateTimeISO('Europe/Copenhagen')
        .toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'short' }),
  };
}

/** Ends the demo where the story does not go as told. */
export function expectAsTold(isAsTold: boolean, what: string, found: unknown): void {
  if (isAsTold) return;
  throw new Error(`Not as told: ${what}. Found: ${JSON.stringify(found, null, 2)}`);
}

const WAIT_MS = 20_000;

/** Looks until there is something, and returns it. Ends the demo where there is nothing in time. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | null>,
  { withinMs = WAIT_MS, everyMs = 50 } = {},
): Promise<Found> {
  for (const end = performance.now() + withinMs; performance.now() < end;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`Not as told: ${what} did not happen within ${withinMs / 1000} s.`);
}
