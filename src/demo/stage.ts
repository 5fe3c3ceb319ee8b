import type { Clock } from '../domain/clock.ts';
import type { Calls } from './calls.ts';
import type { Narrator } from './narrator.ts';

/** What the stories are told with. */
export interface Stage {
  readonly calls: Calls;
  readonly narrator: Narrator;
  readonly clock: Clock;
  /** Moves the clock forward by an ISO 8601 duration. */
  readonly moveClock: (duration: string) => void;
  /** How many customers there are, beside the examples of a first start. */
  readonly controllers: number;
}

/** The customer's link in a mail. */
export const linkIn = (text: string): string => /https?:\/\/\S+\/objections\/[\w-]+/.exec(text)?.[0] ?? '';
