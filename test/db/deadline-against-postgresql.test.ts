import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deadlineOf } from '../../src/domain/objection-window.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

/*
 * PostgreSQL computes each deadline independently: it has its own calendar arithmetic and its own copy of the time zone
 * database. Zones are of every kind: east and west of UTC, half hours, both hemispheres, the date line, summer time that
 * begins at midnight. When a government changes its summer time, Node's copy and PostgreSQL's may differ for some months:
 * take that zone out until both are updated.
 */
const ZONES = [
  'Europe/Copenhagen',
  'UTC',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/Asuncion',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Tehran',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Apia',
];
/** In these zones a midnight can come twice. PostgreSQL starts the day at the later one, so the first test leaves them out. */
const ZONES_WITH_A_MIDNIGHT_TWICE = ['America/Havana', 'Atlantic/Azores', 'America/Scoresbysund', 'Asia/Amman'];

const FROM = Temporal.Instant.from('2020-01-01T00:00:00Z').epochMilliseconds;
const TO = Temporal.Instant.from('2030-12-31T23:59:59.999Z').epochMilliseconds;
const DAY_MS = 24 * 60 * 60 * 1000;
const CASES_PER_QUERY = 2_000;
const QUERIES = 25;

interface Case {
  timeZone: string;
  acceptedAt: number;
  days: number;
}

/** The instants from 2020 to 2030 at which a zone's offset changes. */
function transitions(timeZone: string): number[] {
  const found: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(timeZone).getTimeZoneTransition('next');
  while (at !== null && at.epochMilliseconds <= TO) {
    found.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return found;
}

/** About half of the cases are accepted, or end, within two days of a transition. */
function someCases(zones: readonly string[]): fc.Arbitrary<Case[]> {
  const days = fc.oneof(fc.constant(10), fc.integer({ min: 1, max: 60 }));
  const anywhere = fc.record({
    timeZone: fc.constantFrom(...zones),
    acceptedAt: fc.integer({ min: FROM, max: TO }),
    days,
  });
  const changes = zones.flatMap((timeZone) => transitions(timeZone).map((at) => ({ timeZone, at })));
  const nearAChange = fc
    .tuple(fc.constantFrom(...changes), days, fc.boolean(), fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }))
    .map(([{ timeZone, at }, length, atTheEnd, distance]) => ({
      timeZone,
      acceptedAt: at + distance - (atTheEnd ? (length + 1) * DAY_MS : 0),
      days: length,
    }));
  return fc.array(fc.oneof(anywhere, nearAChange), { minLength: CASES_PER_QUERY, maxLength: CASES_PER_QUERY });
}

const ours = ({ timeZone, acceptedAt, days }: Case): number =>
  deadlineOf(Temporal.Instant.fromEpochMilliseconds(acceptedAt), {
    timeZone,
    objectionWindowDays: days,
    rollForward: false,
  }).epochMilliseconds;

const inWords = (one: Case, told: string) => {
  const accepted = Temporal.Instant.fromEpochMilliseconds(one.acceptedAt).toString();
  const deadline = Temporal.Instant.fromEpochMilliseconds(ours(one)).toString();
  return `${one.timeZone}, ${one.days} days from ${accepted}: Varsel ${deadline}, PostgreSQL ${told}`;
};

/** What PostgreSQL makes of an expression over `accepted_at`, `days`, `tz` and our `deadline`, for all cases at once. */
async function computedByPostgres(expression: string, cases: Case[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ result: string }>(
    `select (${expression})::text as result
     from unnest($1::float8[], $2::int[], $3::text[], $4::float8[]) with ordinality as given(accepted_ms, days, tz, deadline_ms, n),
       lateral (select to_timestamp(accepted_ms / 1000) as accepted_at, to_timestamp(deadline_ms / 1000) as deadline) as instants
     order by n`,
    [
      cases.map(({ acceptedAt }) => acceptedAt),
      cases.map(({ days }) => days),
      cases.map(({ timeZone }) => timeZone),
      cases.map(ours),
    ],
  );
  return rows.map(({ result }) => result);
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

test('Every deadline from 2020 to 2030 is the one that PostgreSQL computes, in zones of every kind', async () => {
  let compared = 0;
  let onDaysOfTheChange = 0;
  await fc.assert(
    fc.asyncProperty(someCases(ZONES), async (cases) => {
      const results = await computedByPostgres(
        `(extract(epoch from ((accepted_at at time zone tz)::date + days + 1)::timestamp at time zone tz) * 1000)::bigint`,
        cases,
      );
      const wrong = cases.flatMap((one, index) => {
        const theirs = Number(results[index]);
        return theirs === ours(one) ? [] : [inWords(one, Temporal.Instant.fromEpochMilliseconds(theirs).toString())];
      });
      expect(wrong.slice(0, 10)).toEqual([]);
      compared += results.length;
      onDaysOfTheChange += cases.filter(endsOnADayOfTheChange).length;
    }),
    { numRuns: QUERIES, endOnFailure: true },
  );
  expect(compared).toBe(CASES_PER_QUERY * QUERIES);
  expect(onDaysOfTheChange).toBeGreaterThan(compared / 100);
});

test('PostgreSQL too has the day after the last day begin at the deadline, also where a midnight comes twice', async () => {
  const zones = [...ZONES, ...ZONES_WITH_A_MIDNIGHT_TWICE];
  await fc.assert(
    fc.asyncProperty(someCases(zones), async (cases) => {
      const results = await computedByPostgres(
        `(deadline at time zone tz)::date - (accepted_at at time zone tz)::date - days || ' ' ||
         ((deadline - interval '1 millisecond') at time zone tz)::date - (accepted_at at time zone tz)::date - days`,
        cases,
      );
      const wrong = cases.flatMap((one, index) =>
        results[index] === '1 0' ? [] : [inWords(one, `${results[index]}`)],
      );
      expect(wrong.slice(0, 10)).toEqual([]);
    }),
    { numRuns: QUERIES, endOnFailure: true },
  );
});

/** Whether the last day of the window is not 24 hours long. */
function endsOnADayOfTheChange(one: Case): boolean {
  const end = Temporal.Instant.fromEpochMilliseconds(ours(one)).toZonedDateTimeISO(one.timeZone);
  return end.subtract({ days: 1 }).hoursInDay !== 24;
}
