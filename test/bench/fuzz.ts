import { fuzz, type Report } from '../fuzz/fuzz.ts';
import type { OpenApiDocument } from '../support/open-api.ts';
import type { Measurement } from './measurement.ts';
import { startSink } from './sink.ts';
import { API_KEY, startVarsel, type BenchedVarsel } from './varsel.ts';

const CONTROLLERS = 50;

/** Requests made from the OpenAPI document, each answer held against it. The seed is the number of the round. */
export const fuzzing: Measurement = {
  about:
    'N requests made from the OpenAPI document, valid and nearly valid, one after the other. Every answer is held against it: a\n' +
    'status, problem or body that it does not allow for, a 5xx, and no answer within 30 seconds are findings, and fail the run.\n' +
    'The seed is the number of the round. Refused though fitting: 400 for what fits the schemas, by a rule that they cannot say.',
  sizes: [10_000],
  rounds: 1,

  async measure(requests, { rounds, parts, say }) {
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    await varsel.importControllers(CONTROLLERS);
    const { changeId } = await varsel.announce();
    await varsel.untilAllAccepted(changeId, CONTROLLERS);
    const { rows } = await varsel.db.query<{ id: string }>('select id from messages where change_id = $1', [changeId]);
    const notices = rows.map(({ id }) => id);
    const reports: Report[] = [];
    const started = performance.now();
    for (let round = 1; round <= rounds; round += 1) {
      const report = await fuzz({
        url: varsel.url,
        document: (await (await fetch(`${varsel.url}/docs/json`)).json()) as OpenApiDocument,
        keys: { admin: API_KEY, officer: await newKey(varsel, 'officer'), reader: await newKey(varsel, 'reader') },
        seed: round,
        requests,
        today: Temporal.Now.plainDateISO(),
        existing: {
          externalId: Array.from({ length: CONTROLLERS }, (_, index) => `kunde-${index + 1}`),
          product: ['truetalk'],
          // A name that leads nowhere.
          url: ['https://receiver.invalid/'],
          token: notices.map((id) => varsel.linkOf(id).slice('/objections/'.length)),
          changes: [changeId],
          notices,
          id: [changeId, ...notices.slice(0, 5)],
        },
        say,
      });
      reports.push(report);
      tell(report, say);
    }
    const findings = reports.flatMap((report) => report.findings).length;
    if (findings > 0) throw new Error(`${findings} answers are not as the document says`);
    const answered = (first: string) =>
      reports.flatMap(({ statuses }) => Object.entries(statuses)).filter(([status]) => status.startsWith(first));
    const sum = (first: string) => answered(first).reduce((total, [, number]) => total + number, 0);
    return {
      requests: requests * rounds,
      findings,
      '2xx': sum('2'),
      '4xx': sum('4'),
      'refused though fitting': reports.reduce(
        (total, { refusedThoughFitting }) => total + [...refusedThoughFitting.values()].reduce((a, b) => a + b, 0),
        0,
      ),
      s: (performance.now() - started) / 1_000,
    };
  },
};

async function newKey({ url }: BenchedVarsel, role: string): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: `Fuzzing ${role}`, role });
  const response = await fetch(`${url}/v1/keys`, { method: 'POST', headers, body });
  return ((await response.json()) as { key: string }).key;
}

function tell({ findings, refusedThoughFitting, statuses }: Report, say: (text: string) => void): void {
  say(JSON.stringify(statuses));
  for (const [fault, same] of Map.groupBy(findings, (finding) => finding.fault)) {
    const [{ nth, request, answer } = { nth: 0, request: null, answer: '' }] = same;
    say(`${same.length} × ${fault}\n  first: request ${nth} ${JSON.stringify(request).slice(0, 1_500)}\n  ${answer}`);
  }
  const most = [...refusedThoughFitting].toSorted(([, a], [, b]) => b - a).slice(0, 40);
  for (const [told, number] of most) say(`${number} × refused though fitting: ${told}`);
}
