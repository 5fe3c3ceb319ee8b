import { setTimeout as sleep } from 'node:timers/promises';
import { between, NOT_SERVED, type Installation, type Response } from './storm-installation.ts';

/** A change whose windows close soon, and what can be done to it at the same time. */
export interface Round {
  readonly number: number;
  readonly kind: string;
  /** How many rounds of this kind came before it. */
  readonly turn: number;
  readonly product: string;
  readonly changeId: string;
  /** Of two controllers: the id of the notice, the path of the link, and the address to write back to. */
  readonly controllers: readonly [Controller, Controller];
}

export interface Controller {
  readonly externalId: string;
  readonly noticeId: string;
  readonly link: string;
  readonly replyTo: string;
}

/** What races are run with. */
export interface Stage extends Installation {
  /** When the windows close, in milliseconds of the epoch. */
  readonly deadlineMs: number;
  /** The day on which the changes were announced, in the time zone of their product. */
  readonly announcedOn: string;
}

/** How far from the database's time a clock may be that decides. */
export const TOLERANCE_MS = 1_000;
/** An activation that is asked for sooner after the deadline waits. */
export const SETTLED_MS = 5_000;

/** How long it may take on a busy machine to activate what nothing blocks. */
const ACTIVATED_WITHIN_MS = 30_000;

export const until = async (stage: Stage, afterDeadlineMs: number) =>
  sleep(Math.max(0, stage.deadlineMs + afterDeadlineMs - stage.now()));

/** Of a mail, the status is the mail system's to try again. */
export const isNotServed = ({ status }: Response) => status === NOT_SERVED || status === 451;

export const activate = (stage: Stage, { changeId }: Round) => stage.call('POST', `/v1/changes/${changeId}/activate`);

/**
 * Does both within milliseconds of each other, when no activation waits any more: something, and an activation unless told.
 * Returns what is wrong with their statuses; `expected` has those that one order or the other gives, like `201 409`.
 */
export async function race(
  stage: Stage,
  round: Round,
  expected: readonly string[],
  one: () => Promise<Response>,
  other = () => activate(stage, round),
): Promise<string[]> {
  await until(stage, between(SETTLED_MS, SETTLED_MS + 3_000));
  const soon = (what: () => Promise<Response>) => sleep(between(0, 25)).then(what);
  const [a, b] = await Promise.all([soon(one), soon(other)]);
  if (expected.includes(`${a.status} ${b.status}`) || isNotServed(a) || isNotServed(b)) return [];
  return [`unexpected responses ${a.status} and ${b.status}: ${JSON.stringify([a.body, b.body])}`];
}

/** Activates again, until the change is. Returns what is wrong when it stays blocked although nothing is in its way. */
export async function untilActivated(stage: Stage, round: Round): Promise<string[]> {
  let last = await activate(stage, round);
  for (const since = performance.now(); performance.now() - since < ACTIVATED_WITHIN_MS;) {
    const blockers = (last.body.blockers ?? []) as { code: string }[];
    if (last.status === 200 || blockers.some(({ code }) => code === 'not-announced')) return [];
    await sleep(between(50, 200));
    last = await activate(stage, round);
  }
  return [`stays blocked, and nothing is in its way: ${JSON.stringify(last)}`];
}
