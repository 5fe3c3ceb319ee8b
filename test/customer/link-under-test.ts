import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildApp } from '../../src/app.ts';
import { rows } from '../../src/db/postgres.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { references } from '../../src/security/references.ts';
import { movableClock, type MovableClock } from '../support/clock.ts';
import { createDatabase, everyRow, type TestDatabase } from '../support/database.ts';
import { webhooksUnderTest } from '../support/webhooks.ts';

const SECRET = 'a secret of the page tests, of more than 32 bytes';

/** The app on a database of its own, with what tests of customers' links need. */
export interface PagesUnderTest {
  readonly app: FastifyInstance;
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  /** The token of the first message of this kind to a controller about a change. */
  tokenOf(changeId: string, externalId: string): Promise<string>;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Sends a form, as a browser does. */
  form(url: string, fields: Record<string, string> | string): Promise<LightMyRequestResponse>;
  json(url: string, body: unknown): Promise<LightMyRequestResponse>;
  /** Every row of every table. */
  everyRow(): Promise<string>;
  close(): Promise<void>;
}

export async function startPages(start: string): Promise<PagesUnderTest> {
  const clock = movableClock(start);
  const database = await createDatabase();
  const links = objectionLinks(SECRET);
  const app = await buildApp({
    databaseUrl: database.url,
    clock: clock.now,
    links,
    references: references(SECRET),
    webhooks: webhooksUnderTest(),
    apiUrl: () => 'http://varsel.example/v1',
    logLevel: 'silent',
  });
  const { pool } = database;
  const send = (request: InjectOptions) => app.inject(request);
  return {
    app,
    clock,
    database,
    async tokenOf(changeId, externalId) {
      const [message] = await rows<{ id: string }>(
        pool,
        `select m.id from messages m join controllers c on c.id = m.controller_id
         where m.change_id = $1 and c.external_id = $2 and m.kind = 'notice' order by m.id limit 1`,
        [changeId, externalId],
      );
      if (message === undefined) throw new Error(`no notice to ${externalId}`);
      return links.tokenOf(message.id);
    },
    get: (url, headers = {}) => send({ method: 'GET', url, headers }),
    form: (url, fields) =>
      send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      }),
    json: (url, body) =>
      send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      }),
    everyRow: () => everyRow(pool),
    async close() {
      await app.close();
      await database.close();
    },
  };
}
