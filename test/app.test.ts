import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { z } from 'zod';
import { mountRoutes } from '../src/app.ts';
import { ROUTES } from '../src/app/routes.ts';
import { buildServer } from '../src/http/server.ts';
import { systemClock } from '../src/domain/clock.ts';
import { objectionLinks } from '../src/security/objection-links.ts';
import { references } from '../src/security/references.ts';
import { mailedCodes } from '../src/security/mailed-codes.ts';
import { passkeyChallenges } from '../src/security/passkey-challenges.ts';
import { mailMarks, withoutSecrets } from './support/mails.ts';
import { proving } from './support/proving.ts';
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
    codes: mailedCodes(APP_SECRET),
    challenges: passkeyChallenges(APP_SECRET),
    references: references(APP_SECRET),
    mailMarks,
    proving,
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
const { api, console: ownPages, signIn, customer, register, service, documentation } = ROUTES;
const withHead = (names: readonly string[]) =>
  names.flatMap((name) => (name.startsWith('GET ') ? [name, name.replace('GET', 'HEAD')] : [name]));

/** What nobody sees at a form's own address: it leads to the page above. */
function ledUpFrom(pages: readonly (readonly [string, string, unknown])[]): string[] {
  const shown = new Set(pages.filter(([method]) => method === 'GET').map(([, url]) => url));
  return pages.filter(([, url]) => !shown.has(url)).map(([, url]) => `GET ${url}`);
}

test('the list of routes names every address that is served, and no other', async () => {
  const mounted = await mountedRoutes({ isWorker: false });
  const isDocumentation = (name: string) => name.split(' ')[1]?.startsWith(documentation.pages) === true;
  const listed = [
    ...namesOf([...api, ...ownPages, ...signIn, ...customer, ...register, ...service]),
    `GET ${documentation.start}`,
    ...ledUpFrom(ownPages),
  ];
  expect(mounted.filter((name) => !isDocumentation(name))).toEqual(withHead(listed).sort());
  expect(mounted).toContain(`GET ${documentation.pages}/json`);
});

test('a worker serves operators and nobody else', async () => {
  expect(await mountedRoutes({ isWorker: true })).toEqual(withHead(namesOf(service)).sort());
});

test('the README names every call of the API with parameters that it takes, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const named = [...readme.matchAll(/`([A-Z, ]+) (\/v1\/[^`?]+)(?:\?([\w=&]+))?`/g)].flatMap(
    ([, methods = '', address = '', parameters = '']) =>
      methods.split(', ').map((method) => ({
        call: `${method} ${address.replace(/\{(\w+)\}/g, ':$1')}`,
        parameters: [...parameters.matchAll(/(\w+)=/g)].map(([, name = '']) => name),
      })),
  );
  const served = new Map(ROUTES.api.map(([method, address, { query }]) => [`${method} ${address}`, query]));
  expect([...new Set(named.map(({ call }) => call))].toSorted()).toEqual([...served.keys()].toSorted());
  const taken = (call: string) => Object.keys((served.get(call) as z.ZodObject | undefined)?.shape ?? {});
  const wrong = named.filter(({ call, parameters }) => parameters.some((name) => !taken(call).includes(name)));
  expect(wrong).toEqual([]);
});
