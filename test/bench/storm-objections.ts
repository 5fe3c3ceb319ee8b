import { setTimeout as sleep } from 'node:timers/promises';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { sendRaw } from '../support/inbound.ts';
import { REASONS } from './objections.ts';
import { between, type Response } from './storm-installation.ts';
import {
  activate,
  isNotServed,
  race,
  SETTLED_MS,
  TOLERANCE_MS,
  until,
  untilActivated,
  type Controller,
  type Round,
  type Stage,
} from './storm-race.ts';

const object = (stage: Stage, { link }: Controller) => stage.call('POST', link, { reasons: REASONS });
const bounce = (stage: Stage, { noticeId }: Controller) =>
  stage.call('POST', `/v1/notices/${noticeId}/bounce`, { action: 'failed', evidence: { provider: 'storm' } });

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

/** Of windows and objections: what is done before the deadline, then both sides of the race. Each returns what was wrong. */
export const OBJECTION_RACES = {
  /** At the deadline; or after it, recorded by an officer who had got it in time. */
  async 'objection and activation'(stage: Stage, round: Round) {
    if (round.turn % 2 === 1) return objectAtTheDeadline(stage, round);
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
    const wrong = await race(stage, round, ['204 409', '204 200'], () => stage.call('DELETE', path));
    return [...wrong, ...(await untilActivated(stage, round))];
  },

  /** To a controller whose only notice has bounced. */
  async 'letter and activation'(stage: Stage, round: Round) {
    const [, reached] = round.controllers;
    await until(stage, between(-4_000, -2_000));
    await bounce(stage, reached);
    const path = `/v1/changes/${round.changeId}/controllers/${reached.externalId}/notice-by-letter`;
    const letter = { arrivedOn: stage.announcedOn, reference: `RR${round.number}DK` };
    const wrong = await race(stage, round, ['201 409', '201 200'], () => stage.call('POST', path, letter));
    return [...wrong, ...(await untilActivated(stage, round))];
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
      () => stage.call('POST', '/v1/controllers/import', line, { type: 'application/x-ndjson' }),
      () => stage.call('POST', '/v1/changes', another),
    );
  },

  /** An objection that stands is resolved; or one that came too late is accepted. */
  async 'decision and activation'(stage: Stage, round: Round) {
    const isLate = round.turn % 2 === 0;
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
