import { Agent, request } from 'node:http';
import { median, percentile, secondsOf } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { startSink } from './sink.ts';
import { startVarsel } from './varsel.ts';

const CONCURRENCY = 20;
const MAX_PER_ROUND = 500;
const HEALTH_CHECKS = 5_000;
export const REASONS =
  'Underdatabehandleren behandler oplysninger om vores borgere i et land, som vores politik udelukker.';

/** Objections through the link's JSON, beside the same process's `/healthz`. */
export const objections: Measurement = {
  about:
    'Objections a second through POST /objections/{token} as JSON, each from another of N controllers of one change, receipts\n' +
    `sent meanwhile; beside it GET /healthz of the same process, by the same client with ${CONCURRENCY} kept connections.`,
  sizes: [1_000, 10_000],
  rounds: 3,

  async measure(controllers, { rounds, parts, say }) {
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    await varsel.importControllers(controllers);
    await varsel.db.query('vacuum analyze');
    const { changeId } = await varsel.announce();
    await varsel.untilAllAccepted(changeId, controllers);
    const { rows } = await varsel.db.query<{ id: string }>('select id from messages where change_id = $1', [changeId]);
    const links = rows.map(({ id }) => varsel.linkOf(id));
    const body = JSON.stringify({ reasons: REASONS });
    const perRound = Math.min(MAX_PER_ROUND, Math.floor(controllers / rounds));

    const objected: number[] = [];
    const healthy: number[] = [];
    const milliseconds: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const checks = Array.from({ length: HEALTH_CHECKS }, () => ({ path: '/healthz', status: 200 }));
      healthy.push((await load(varsel.url, checks)).perSecond);
      const filings = links.splice(0, perRound).map((path) => ({ path, body, status: 201 }));
      const filed = await load(varsel.url, filings);
      objected.push(filed.perSecond);
      milliseconds.push(...filed.milliseconds);
      await varsel.untilAllAccepted(changeId, controllers + round * perRound);
      say(`objections among ${controllers}, round ${round}: ${objected.at(-1)?.toFixed(0)}/s`);
    }
    const pending = await varsel.db.query(
      `select count(distinct controller_id)::int as found from objections where change_id = $1 and status = 'pending'`,
      [changeId],
    );
    if (pending.rows[0].found !== rounds * perRound) {
      throw new Error(`${rounds * perRound} controllers objected; ${pending.rows[0].found} have one pending`);
    }
    return {
      controllers,
      objections: rounds * perRound,
      'objections/s': objected,
      'p50 ms': percentile(milliseconds, 0.5),
      'p99 ms': percentile(milliseconds, 0.99),
      'healthz/s': healthy,
      'ratio to healthz': median(objected) / median(healthy),
    };
  },
};

export interface Call {
  readonly path: string;
  /** POST with a body, GET without, unless it says so. */
  readonly method?: string;
  readonly body?: string;
  /** An API key. */
  readonly key?: string;
  /** The answer's, or the run fails. */
  readonly status: number;
}

/** Sends these requests as fast as so many connections get their answers. */
export async function load(
  url: string,
  calls: readonly Call[],
  concurrency = CONCURRENCY,
): Promise<{ perSecond: number; milliseconds: readonly number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const waiting = calls.values();
  const milliseconds: number[] = [];
  const client = async () => {
    for (const call of waiting) milliseconds.push((await secondsOf(() => send(url, call, agent))) * 1_000);
  };
  const seconds = await secondsOf(() => Promise.all(Array.from({ length: concurrency }, client)));
  agent.destroy();
  return { perSecond: calls.length / seconds, milliseconds };
}

function send(url: string, { path, method, body, key, status }: Call, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method: method ?? (body === undefined ? 'GET' : 'POST'), agent }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === status ? resolve() : reject(new Error(`${path} answered ${answer.statusCode}`)),
      );
    });
    sent.on('error', reject);
    if (key !== undefined) sent.setHeader('authorization', `Bearer ${key}`);
    if (body !== undefined) sent.setHeader('content-type', 'application/json');
    sent.end(body);
  });
}
