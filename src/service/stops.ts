/** What was started, to be stopped in the reverse order. */
export class Stops {
  readonly #stops: (() => Promise<void>)[] = [];

  /** Adds the stop of a part that has just been started. */
  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Stops the parts one after the other, the last one first. May be called again. */
  async run(): Promise<void> {
    for (let next = this.#stops.pop(); next !== undefined; next = this.#stops.pop()) await next();
  }
}

/** Waits for the work, but not longer than this. The next start takes up what is left. */
export async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
