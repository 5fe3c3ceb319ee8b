import type pg from 'pg';
import type { Measurement } from './measurement.ts';
import { CLOCKS_APART_MS, install, PROCESSES, type Installation } from './storm-installation.ts';
import { violationsOf } from './storm-oracle.ts';
import { approveFirst } from './storm-approvals.ts';
import { KINDS, runRace } from './storm-kinds.ts';
import { announceAll, untilNotified } from './storm-rounds.ts';

/** Rounds whose windows close at the same moment. */
const AT_ONCE = 10 * KINDS.length;
/** How long before the deadline all clocks are moved there. */
const LEAD_MS = 8_000;
const TIME_ZONE = 'Europe/Copenhagen';

/** Races of every kind, over and over. Fails when one of them had an outcome that the rules do not allow. */
export const storm: Measurement = {
  about:
    `Rounds of ${KINDS.length} kinds of races, each between two requests, or a mail and a request, that have exactly one order: in\n` +
    `${PROCESSES} processes whose machines’ clocks are up to ${CLOCKS_APART_MS / 1_000} s apart. Orders and outcomes are read from the record.`,
  sizes: [2],
  rounds: 10_000,

  async measure(controllers, { rounds, parts, say }) {
    const installation = await install(parts);
    const sums = { activated: 0, withdrawn: 0, 'objections pending': 0, 'answers unread': 0 };
    const violations: string[] = [];
    const startedAt = performance.now();
    for (let first = 1; first <= rounds; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, rounds - first + 1);
      const { found, outcomes } = await runRounds(installation, first, count);
      violations.push(...found);
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += outcomes[name];
      say(
        `storm: ${first + count - 1} rounds, ${JSON.stringify(sums)}, ${installation.notServed()} requests not served, ${violations.length} violations`,
      );
      for (const violation of found) say(`  ${violation}`);
    }
    if (violations.length > 0) throw new Error(`${violations.length} violations, the first is ${violations[0]}`);
    const perSecond = rounds / ((performance.now() - startedAt) / 1_000);
    return {
      controllers,
      rounds,
      ...sums,
      'not served': installation.notServed(),
      violations: 0,
      'rounds/s': perSecond,
    };
  },
};

type Outcomes = Record<'activated' | 'withdrawn' | 'objections pending' | 'answers unread', number>;

/** Announces so many changes whose windows close at the same moment, moves all clocks there, and runs their races. */
async function runRounds(
  installation: Installation,
  first: number,
  count: number,
): Promise<{ found: string[]; outcomes: Outcomes }> {
  const today = Temporal.Instant.fromEpochMilliseconds(installation.now());
  const announcedOn = today.toZonedDateTimeISO(TIME_ZONE).toPlainDate();
  const rounds = await announceAll(installation, { first, count, announcedOn });
  const deadlineMs = await untilNotified(installation, rounds);
  await approveFirst(installation, rounds);
  await installation.moveTo(deadlineMs - LEAD_MS);
  const stage = { ...installation, deadlineMs, announcedOn: announcedOn.toString() };
  const answered = await Promise.all(
    rounds.map(async (round) => {
      const wrong = await runRace(stage, round).catch((error: unknown) => [String(error)]);
      return wrong.map((what) => `${round.kind}, ${round.changeId}: ${what}`);
    }),
  );
  const ids = rounds.map(({ changeId }) => changeId);
  const recorded = await violationsOf(installation.db, ids, installation.movedMs());
  return { found: [...answered.flat(), ...recorded], outcomes: await outcomesOf(installation.db, ids) };
}

async function outcomesOf(db: pg.Pool, changeIds: readonly string[]): Promise<Outcomes> {
  const { rows } = await db.query<Outcomes>(
    `select count(*) filter (where status = 'activated')::int as activated,
       count(*) filter (where status = 'withdrawn')::int as withdrawn,
       count(*) filter (where exists (select from objections where change_id = c.id and status = 'pending'))::int
         as "objections pending",
       count(*) filter (where status = 'announced' and exists (select from inbound_mails where change_id = c.id))::int
         as "answers unread"
     from changes c where id = any($1)`,
    [changeIds],
  );
  const [found] = rows;
  if (found === undefined) throw new Error('a row was expected');
  return found;
}
