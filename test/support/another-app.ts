import type { FastifyInstance } from 'fastify';
import { buildApp, type AppDependencies } from '../../src/app.ts';
import { references } from '../../src/security/references.ts';
import { mailedCodes } from '../../src/security/mailed-codes.ts';
import { passkeyChallenges } from '../../src/security/passkey-challenges.ts';
import { mailMarks, withoutSecrets } from './mails.ts';
import { proving } from './proving.ts';
import type { TestVarsel } from './varsel.ts';
import { APP_SECRET, webhooksUnderTest } from './webhooks.ts';

/** Another HTTP side on the database of a Varsel, with a pool of its own. It listens nowhere yet. */
export function anotherApp(varsel: TestVarsel, limits: Partial<AppDependencies> = {}): Promise<FastifyInstance> {
  return buildApp({
    databaseUrl: varsel.database.url,
    clock: varsel.clock.now,
    links: varsel.links,
    codes: mailedCodes(APP_SECRET),
    challenges: passkeyChallenges(APP_SECRET),
    references: references(APP_SECRET),
    withoutSecrets,
    mailMarks,
    proving,
    webhooks: webhooksUnderTest(),
    publicUrl: () => 'http://varsel.example',
    logLevel: 'silent',
    ...limits,
  });
}
