import { setTimeout as sleep } from 'node:timers/promises';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { sendRaw } from '../support/inbound.ts';
import { REASONS } from './objections.ts';
import { between, NOT_SERVED, type Installation, type Response } from './storm-installation.ts';

/** A change whose windows close soon, and what can be done to it at the same time. */
export interface Round {
  readonly number: number;
  readonly kind: Kind;
  readonly product: string;
  readonly changeId: string;
  /** Of two controllers: the id of the notice, the path of the link, and the address to write back to. */
  readonly controllers: readonly [Controller, Controller];
}

interface Controller {
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
const TOLERANCE_MS = 1_000;
/** An activation that is asked for sooner after the deadline waits. */
const SETTLED_MS = 5_000;

const until = async (stage: Stage, afterDeadlineMs: number) =>
  sleep(Math.max(0, stage.deadlineMs + afterDeadlineMs - stage.now()));

/** Of a mail, the status is the mail system's to try again. */
const isNotServed = ({ status }: Response) => status === NOT_SERVED || status === 451;

const activate = (stage: Stage, { changeId }: Round) => stage.call('POST', `/v1/changes/${changeId}/activate`);
const object = (stage: Stage, { link }: Controller) => stage.call('POST', link, { reasons: REASONS });
const bounce = (stage: Stage, { noticeId }: Controller) =>
  stage.call('POST', `/v1/notices/${noticeId}/bounce`, { action: 'failed', evidence: { provider: 'storm' } });

/**
 * Does both within milliseconds of each other, when no activation waits any more: something, and an activation unless told.
 * Returns what is wrong with their statuses; `expected` has those that one order or the other gives, like `201 409`.
 */
async function race(
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

/** Through the link within a second or two of the deadline: no lock orders the two, but the clocks. */
async function objectAtTheDeadline(stage: Stage, round: Round): Promise<string[]> {
  const objecting = async () => {
    await until(stage, between(-2_500, 1_500));
    return object(stage, round.controllers[0]);
  };
  const activating = async () => {
    await until(stage, between(-2_000, SETTLED_MS + 500));
    return activate(stage, round);
  };
  const [objected, activated] = await Promise.all([objecting(), activating()]);
  if (isNotServed(objected) || isNotServed(activated)) return [];
  const wrong: string[] = [];
  if (![201, 409].includes(objected.status) || ![200, 409].includes(activated.status))
    wrong.push('unexpected responses');
  if (objected.answeredMs < stage.deadlineMs - TOLERANCE_MS && objected.status !== 201)
    wrong.push('in time and not taken');
  if (objected.askedMs > stage.deadlineMs + TOLERANCE_MS && objected.status !== 409) wrong.push('late and not refused');
  if (activated.status === 200 && activated.answeredMs < stage.deadlineMs + SETTLED_MS - TOLERANCE_MS)
    wrong.push('activated too early');
  return wrong.map((what) => `${what}: ${JSON.stringify([objected, activated])}`);
}

/** Every kind: what is done before the deadline, then both sides of the race. Each returns what was wrong. */
const RACES = {
  /** At the deadline; or after it, recorded by an officer who had got it in time. */
  async 'objection and activation'(stage: Stage, round: Round) {
    if (round.number % 2 === 1) return objectAtTheDeadline(stage, round);
    const [{ externalId: controller }] = round.controllers;
    const receivedAt = Temporal.Instant.fromEpochMilliseconds(stage.deadlineMs).subtract({ hours: 1 });
    const written = { controller, reasons: REASONS, channel: 'email', receivedAt, from: {} };
    return race(stage, round, ['201 409', '409 200'], () =>
      stage.call('POST', `/v1/changes/${round.changeId}/objections`, written),
    );
  },

  async 'withdrawal and activation'(stage: Stage, round: Round) {
    return race(stage, round, ['200 409', '409 200'], () => withdraw(stage, round));
  },

  async 'objection and withdrawal of the change'(stage: Stage, round: Round) {
    await until(stage, between(-3_500, -2_500));
    const objecting = sleep(between(0, 20)).then(() => object(stage, round.controllers[0]));
    const [objected, withdrawn] = await Promise.all([objecting, withdraw(stage, round)]);
    if (isNotServed(objected) || isNotServed(withdrawn)) return [];
    const isExpected = [201, 409].includes(objected.status) && withdrawn.status === 200;
    return isExpected ? [] : [`unexpected responses ${JSON.stringify([objected, withdrawn])}`];
  },

  async 'bounce and activation'(stage: Stage, round: Round) {
    return race(stage, round, ['200 409', '200 200'], () => bounce(stage, round.controllers[0]));
  },

  /** Nobody says what the answer is: it stands against the activation as long as it is unread. */
  async 'answer by mail and activation'(stage: Stage, round: Round) {
    const [{ replyTo, externalId }] = round.controllers;
    const from = `dpo@${externalId}.example`;
    const raw = `From: ${from}\nTo: ${replyTo}\nSubject: Re: Underretning ${round.number}\n\n${REASONS}\n`;
    const wrong = await race(stage, round, ['250 409', '250 200'], async () => {
      const askedMs = stage.now();
      const { code } = await sendRaw(stage.mailPort(), raw, { from, to: replyTo });
      return { status: code, body: {}, askedMs, answeredMs: stage.now() };
    });
    const again = await activate(stage, round);
    const codes = (again.body.blockers as { code: string }[] | undefined)?.map(({ code }) => code) ?? [];
    if (isNotServed(again)) return wrong;
    const isBlocked = codes.some((code) => ['not-announced', 'mails-being-read', 'answers-unread'].includes(code));
    return isBlocked ? wrong : [...wrong, `an unread answer does not block: ${JSON.stringify(again)}`];
  },

  /** Of a controller that has not been notified: its only notice has bounced. */
  async 'end of an agreement and activation'(stage: Stage, round: Round) {
    const [, leaving] = round.controllers;
    await until(stage, between(-4_000, -2_000));
    await bounce(stage, leaving);
    const path = `/v1/controllers/${leaving.externalId}/products/${round.product}`;
    return race(stage, round, ['204 409', '204 200'], () => stage.call('DELETE', path));
  },

  /** To a controller whose only notice has bounced. */
  async 'letter and activation'(stage: Stage, round: Round) {
    const [, reached] = round.controllers;
    await until(stage, between(-4_000, -2_000));
    await bounce(stage, reached);
    const path = `/v1/changes/${round.changeId}/controllers/${reached.externalId}/notice-by-letter`;
    const letter = { arrivedOn: stage.announcedOn, reference: `RR${round.number}DK` };
    return race(stage, round, ['201 409', '201 200'], () => stage.call('POST', path, letter));
  },

  /** Another change of the product is announced while a controller joins: it gets a window, whichever is first. */
  async 'import and announcement'(stage: Stage, round: Round) {
    const joining = aController(round.number, { externalId: `joins-${round.number}`, products: [round.product] });
    const line = `${JSON.stringify(joining)}\n`;
    const another = anAnnouncement({
      product: round.product,
      subProcessor: aSubProcessor(50_000_000 + round.number),
      plannedActivationOn: Temporal.PlainDate.from(stage.announcedOn).add({ days: 60 }),
    });
    return race(
      stage,
      round,
      ['200 201'],
      () => stage.call('POST', '/v1/controllers/import', line, 'application/x-ndjson'),
      () => stage.call('POST', '/v1/changes', another),
    );
  },

  /** An objection that stands is resolved; or one that came too late is accepted. */
  async 'decision and activation'(stage: Stage, round: Round) {
    const isLate = round.number % 2 === 0;
    await until(stage, isLate ? between(1_500, 2_500) : between(-4_000, -2_000));
    await object(stage, round.controllers[0]);
    const { body } = await stage.call('GET', `/v1/changes/${round.changeId}/objections`);
    const [objection] = (body.items ?? []) as { id: string; status: string }[];
    if (objection === undefined) return [];
    const resolution = { outcome: 'accommodated', explanation: 'Bekræftet skriftligt' };
    return objection.status === 'rejected'
      ? race(stage, round, ['200 409', '409 200'], () =>
          stage.call('POST', `/v1/objections/${objection.id}/accept-late`, {}),
        )
      : race(stage, round, ['200 409', '200 200'], () =>
          stage.call('POST', `/v1/objections/${objection.id}/resolve`, resolution),
        );
  },
};

function withdraw(stage: Stage, { changeId }: Round): Promise<Response> {
  return stage.call('POST', `/v1/changes/${changeId}/withdraw`, { reason: { da: 'Aftalen blev ikke til noget' } });
}

export type Kind = keyof typeof RACES;
export const KINDS = Object.keys(RACES) as Kind[];

/** Those that change who has an agreement for the product, which is then theirs alone. */
export const NEEDS_OWN_PRODUCT: ReadonlySet<Kind> = new Set([
  'end of an agreement and activation',
  'import and announcement',
]);

/** Runs one round, and returns what was wrong with what was answered. */
export const runRace = (stage: Stage, round: Round): Promise<string[]> => RACES[round.kind](stage, round);
