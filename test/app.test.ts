import { expect, onTestFinished, test } from 'vitest';
import { mountRoutes, ROUTES } from '../src/app.ts';
import { buildServer } from '../src/http/server.ts';
import { systemClock } from '../src/domain/clock.ts';
import { objectionLinks } from '../src/security/objection-links.ts';
import { references } from '../src/security/references.ts';
import { withdrawalCodes } from '../src/security/withdrawal-codes.ts';
import { withoutSecrets } from './support/mails.ts';
import { APP_SECRET, webhooksUnderTest } from './support/webhooks.ts';

/** The routes that a server has once all are mounted, as `GET /v1/products`. */
async function mountedRoutes({ isWorker }: { isWorker: boolean }): Promise<string[]> {
  const settings = {
    // No route is called, so nothing connects.
    databaseUrl: 'postgres://nobody@127.0.0.1:1/nowhere',
    poolSize: 2,
    logLevel: 'silent',
  };
  const server = await buildServer({
    ...settings,
    redactAddress: (address) => address,
    withoutSecrets,
    respondToUnreadable: () => null,
  });
  onTestFinished(() => server.close());
  const webhooks = webhooksUnderTest();
  onTestFinished(() => webhooks.poster.close());
  const mounted = new Set<string>();
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) mounted.add(`${each} ${url}`);
  });
  const links = objectionLinks(APP_SECRET);
  await mountRoutes(server, {
    ...settings,
    clock: systemClock,
    links,
    codes: withdrawalCodes(APP_SECRET),
    references: references(APP_SECRET),
    withoutSecrets,
    webhooks,
    publicUrl: () => 'http://varsel.example',
    isWorker,
  });
  await server.ready();
  return [...mounted].sort();
}

const namesOf = (routes: readonly (readonly [string, string, unknown])[]) =>
  routes.map(([method, url]) => `${method} ${url}`);
const { api, customer, register, service, documentation } = ROUTES;
const withHead = (names: readonly string[]) =>
  names.flatMap((name) => (name.startsWith('GET ') ? [name, name.replace('GET', 'HEAD')] : [name]));

test('the list in app.ts names every address that is served, and no other', async () => {
  const mounted = await mountedRoutes({ isWorker: false });
  const isDocumentation = (name: string) => name.split(' ')[1]?.startsWith(documentation.pages) === true;
  const listed = [...namesOf([...api, ...customer, ...register, ...service]), `GET ${documentation.start}`];
  expect(mounted.filter((name) => !isDocumentation(name))).toEqual(withHead(listed).sort());
  expect(mounted).toContain(`GET ${documentation.pages}/json`);
});

test('a worker serves operators and nobody else', async () => {
  expect(await mountedRoutes({ isWorker: true })).toEqual(withHead(namesOf(service)).sort());
});
