import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenIn } from '../support/mailbox.ts';
import { aController } from '../support/examples.ts';
import { haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PROGRAM = path.join(import.meta.dirname, 'program.ts');

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
  await haveControllers(varsel, [aController(1), aController(2)]);
});
afterAll(() => varsel.close());

/** What tsc says of a program against the types that are generated from the document; empty where it says nothing. */
async function compile(program: string): Promise<string> {
  const { body } = await varsel.customer().get('/docs/json');
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-client-'));
  try {
    await writeFile(path.join(directory, 'varsel-api.d.ts'), astToString(await openapiTS(body as OpenAPI3)));
    const compilerOptions = {
      paths: { 'varsel-api': ['./varsel-api.d.ts'] },
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
    };
    const config = { extends: path.join(ROOT, 'tsconfig.json'), compilerOptions, include: [program], exclude: [] };
    await writeFile(path.join(directory, 'tsconfig.json'), JSON.stringify(config));
    return await promisify(execFile)(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', directory]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('a program compiles against the generated types, and runs the whole story', async () => {
  expect(await compile(PROGRAM)).toBe('');
  const { story } = await import(PROGRAM);
  const told = await story({
    url: varsel.url,
    apiKey: 'officer-key-of-the-tests',
    plannedActivationOn: '2026-03-13',
    receiveNotice: async (email: string) => {
      await varsel.deliver();
      const [notice] = varsel.mailbox.to(email);
      if (notice === undefined) throw new Error(`no notice to ${email}`);
      return tokenIn(notice);
    },
    waitForTheDay: async () => {
      varsel.clock.set('2026-03-13T08:00:00Z');
      await varsel.deliver();
    },
  });
  expect(told).toMatchObject({
    role: 'officer',
    attempts: ['accepted'],
    objection: 'pending',
    blockers: ['objection-windows-open', 'objections-pending', 'planned-date-not-reached'],
    outcome: 'accommodated',
    status: 'activated',
    entries: expect.arrayContaining(['Nordlys Hosting ApS']),
  });
});

test('the program announces what the README announces', async () => {
  const [, announcement = ''] =
    /-d '(\{\n\s*"product".*?),\n\s*"plannedActivationOn"/s.exec(
      await readFile(path.join(ROOT, 'README.md'), 'utf8'),
    ) ?? [];
  const onOneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
  expect(onOneLine(await readFile(PROGRAM, 'utf8'))).toContain(onOneLine(announcement));
  expect(announcement).toContain('Nordlys Hosting ApS');
});
