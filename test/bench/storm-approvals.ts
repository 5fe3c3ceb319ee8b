import { setTimeout as sleep } from 'node:timers/promises';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { approvalsOf, approve, confirm, refusal, saidBy } from './storm-approving.ts';
import { between, forEach, succeed, type Installation, type Response } from './storm-installation.ts';
import { activate, isNotServed, race, SETTLED_MS, until, type Round, type Stage } from './storm-race.ts';

/** What the second controller of a round says. The first has approved before. */
const ACTS = ['approval', 'refusal', 'withdrawal of an approval'] as const;
/** Of a change for all; of one for each, its first wave, or its end after a wave of the first controller. */
const AGAINST = ['activation', 'wave', 'close'] as const;
type Act = (typeof ACTS)[number];
type Against = (typeof AGAINST)[number];

/** The statuses that the one order or the other gives. Who says something in time is left out of a wave. */
const EXPECTED: Readonly<Record<Act, Readonly<Record<Against, readonly string[]>>>> = {
  approval: { activation: ['200 409', '200 200'], wave: ['200 200'], close: ['200 200', '409 200'] },
  refusal: { activation: ['201 409', '409 200'], wave: ['201 200', '409 200'], close: ['201 200', '409 200'] },
  'withdrawal of an approval': {
    activation: ['200 409', '200 200'],
    wave: ['200 200'],
    close: ['200 200', '409 200'],
  },
};

const JOIN = 'join by contract and activation';
const LISTED = 'terms-that-list-it';
/** How long a change may be blocked when nothing is in its way any more: receipts are mailed, and a job runs every ten seconds. */
const IN_FORCE_WITHIN_MS = 120_000;

const RACES = ACTS.flatMap((act) => AGAINST.map((against) => ({ kind: `${act} and ${against}`, act, against })));

/** Of written approvals: what is done before, then both sides of the race. Each returns what was wrong. */
export const APPROVAL_RACES: Readonly<Record<string, (stage: Stage, round: Round) => Promise<string[]>>> = {
  ...Object.fromEntries(
    RACES.map(({ kind, act, against }) => [
      kind,
      async (stage: Stage, round: Round) => {
        const say = await toSay(stage, round, act);
        if (against !== 'close') {
          const wrong = await race(stage, round, EXPECTED[act][against], say);
          return [...wrong, ...(await untilInForce(stage, round))];
        }
        await until(stage, SETTLED_MS);
        await succeed(stage, 'POST', `/v1/changes/${round.changeId}/activate`);
        const close = () => stage.call('POST', `/v1/changes/${round.changeId}/close`);
        return race(stage, round, EXPECTED[act].close, say, close);
      },
    ]),
  ),

  /** Who joins has approved by contract: it stands in nobody's way, whichever is first. */
  async [JOIN](stage, { number, product, ...round }) {
    const termsVersions = { [product]: LISTED };
    const joining = aController(number, { externalId: `joins-${number}`, products: [product], termsVersions });
    const line = `${JSON.stringify(joining)}\n`;
    const type = 'application/x-ndjson';
    return race(stage, { number, product, ...round }, ['200 200'], () =>
      stage.call('POST', '/v1/controllers/import', line, { type }),
    );
  },
};

/** Who joins is asked about every change of the product that does not list its terms. */
export const JOINS_BY_CONTRACT = JOIN;

/** What a round of this kind announces: a place in India asks for approval (C.5), beside time to object. */
export function announcementOf(kind: string, number: number, product: string): object {
  if (!(kind in APPROVAL_RACES)) return anAnnouncement({ product, subProcessor: aSubProcessor(number) });
  const india = { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } } as const;
  const isForEach = RACES.some((each) => each.kind === kind && each.against !== 'activation');
  return {
    ...anAnnouncement({ product, subProcessor: aSubProcessor(number, { locations: [india] }) }),
    ...(isForEach && { scope: 'each', separation: { da: 'En database for sig', en: 'A database of its own' } }),
    ...(kind === JOIN && { listedInTerms: [LISTED] }),
  };
}

/** Approves what is to be approved before the races, and waits until that has taken effect. */
export async function approveFirst(installation: Installation, rounds: readonly Round[]): Promise<void> {
  const asking = rounds.filter(({ kind }) => kind in APPROVAL_RACES);
  await forEach(asking, async (round) => {
    const [first, second] = round.controllers.map(({ externalId }) => externalId) as [string, string];
    await confirm(installation, await approve(installation, round, first));
    const { act, against } = RACES.find(({ kind }) => kind === round.kind) ?? {};
    const id = await approve(installation, round, second);
    if (act !== 'approval' && against !== 'close') await confirm(installation, id);
  });
  const ids = asking.map(({ changeId }) => changeId);
  for (;;) {
    const waiting = await installation.db.query(
      `select from approvals where change_id = any($1) and status = 'waiting' limit 1`,
      [ids],
    );
    if (waiting.rowCount === 0) return;
    await sleep(100);
  }
}

/** What the second controller is to say, made ready: an approval is confirmed by a second officer. */
async function toSay(stage: Stage, round: Round, act: Act): Promise<() => Promise<Response>> {
  const [, { externalId: controller, link }] = round.controllers;
  if (act === 'refusal') {
    if (round.turn % 2 === 0) return () => stage.call('POST', approvalsOf(round), refusal(stage, controller));
    const { contentHash } = await succeed(stage, 'GET', `${link}/answer`);
    return () => stage.call('POST', `${link}/answer`, { decision: 'refusal', contentHash });
  }
  const [{ id } = { id: '' }] = await saidBy(stage, round, controller);
  return act === 'approval'
    ? () => stage.call('POST', `/v1/approvals/${id}/confirm`, undefined, { key: stage.secondKey })
    : () => stage.call('POST', `/v1/approvals/${id}/withdraw`, { explanation: 'Brev af i dag' });
}

/**
 * Has the second controller withdraw its refusal, or approve again, and activates until the change is in force for it. Returns
 * what is wrong when it stays blocked.
 */
async function untilInForce(stage: Stage, round: Round): Promise<string[]> {
  const [, { externalId: controller }] = round.controllers;
  let last: Response | null = null;
  for (const since = performance.now(); performance.now() - since < IN_FORCE_WITHIN_MS;) {
    if (await isInForce(stage, round, controller)) return [];
    const said = await saidBy(stage, round, controller);
    for (const { id, status } of said) {
      if (status === 'standing') await stage.call('POST', `/v1/approvals/${id}/withdraw`, { explanation: 'Brev' });
      if (status === 'unconfirmed') await confirm(stage, id);
    }
    if (said.every(({ status }) => status === 'withdrawn')) await approve(stage, round, controller);
    last = await activate(stage, round);
    if (last.status !== 200 && last.status !== 409 && !isNotServed(last)) break;
    await sleep(between(50, 200));
  }
  return [`stays blocked, and nothing is in its way: ${JSON.stringify(last)}`];
}

async function isInForce({ db }: Stage, { changeId }: Round, controller: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    'select is_in_force($1, id) as found from controllers where external_id = $2',
    [changeId, controller],
  );
  return rows[0]?.found === true;
}
