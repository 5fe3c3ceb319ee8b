import { list, passkeyName, remove, rename } from '../../api/passkeys.ts';
import { passkeysOf } from '../../db/passkeys.ts';
import { notFound } from '../../domain/refused.ts';
import { PASSKEY_SCRIPT } from '../../web/assets.ts';
import type { FormError } from '../../web/form-error.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { errorOf, textOf } from '../form-faults.ts';
import { ownPath } from '../own-path.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { answerFault, optionsToConfirm, optionsToRegister, registerAnswered } from './answers.ts';
import { passkeyTextsIn } from './texts.ts';
import { momentInWords } from '../times.ts';

const UNPROCESSABLE = 422;
/** `GET /console/passkeys`: one's own. */
export const showPasskeys = consolePage(null, async (visit) => {
  const { language, query } = visit;
  const p = passkeyTextsIn(language);
  const { items } = await visit.ask(list);
  const inWords = (instant: string) => momentInWords(instant, language);
  const nameOf = (id: string | undefined) => items.find((item) => item.id === id)?.name;
  const [registered, named] = [nameOf(query.registered), nameOf(query.named)];
  const done = [
    registered !== undefined && p.register.done(registered),
    named !== undefined && p.change.saved(named),
    query.removed !== undefined && p.change.removed,
  ].find((said) => said !== false);
  const rows = items.map(({ id, name, isSynced, registeredAt, lastUsedAt }) => [
    name,
    p.list.kept[isSynced ? 'synced' : 'device'],
    inWords(registeredAt),
    lastUsedAt === null ? p.list.never : inWords(lastUsedAt),
    { text: p.list.change(name), href: `/console/passkeys/${id}` },
  ]);
  return { view: 'console/passkeys/views/list', title: p.list.heading, model: { p, rows, done } };
});

/** Of what one may do before two factors are proved: register what proves them. */
const REGISTERING = { takesFreshFactors: true, isBeforeFactors: true } as const;

/** `GET /console/passkeys/new`. */
export const showRegistering = consolePage(
  null,
  async (visit, dependencies) => registeringPage(visit, dependencies, { name: null, nameError: null, told: '' }),
  REGISTERING,
);

/** `GET /console/passkeys/new/options`: what the browser makes the passkey with. */
export const registeringOptions = consolePage(
  null,
  async ({ person }, dependencies) => ({ json: await optionsToRegister(dependencies, person) }),
  REGISTERING,
);

/** `POST /console/passkeys/new`: registers the passkey that the browser has made. */
export const register = consolePage(
  null,
  async (visit, dependencies) => {
    const { person, form, language, log } = visit;
    const p = passkeyTextsIn(language);
    const typed = textOf(form, 'name');
    const name = passkeyName.safeParse(typed);
    if (!name.success) {
      return registeringPage(visit, dependencies, { name: typed, nameError: p.register.nameWrong, told: '' });
    }
    const answer = textOf(form, 'passkey');
    if (answer === '') {
      return registeringPage(visit, dependencies, { name: typed, nameError: null, told: p.fault.none });
    }
    try {
      const { id } = await registerAnswered(dependencies, person, { answer, name: name.data });
      // Who came by a link has something else in mind.
      return { to: person.session.factorsAt === null ? '/console' : `/console/passkeys?registered=${id}` };
    } catch (error) {
      const told = p.fault[answerFault(error)];
      log.info({ err: error }, 'a passkey was not registered');
      return registeringPage(visit, dependencies, { name: typed, nameError: null, told });
    }
  },
  REGISTERING,
);

async function registeringPage(
  { person, language }: Visit,
  { api, isTrial }: ConsoleDependencies,
  { name, nameError, told }: { name: string | null; nameError: string | null; told: string },
): Promise<Shown> {
  const p = passkeyTextsIn(language);
  const has = await passkeysOf(api.pool, person.id);
  const isFirst = person.session.factorsAt === null;
  const isTried = isTrial && !isFirst && has.length === 0;
  const isWrong = nameError !== null || told !== '';
  return {
    view: 'console/passkeys/views/register',
    title: p.register.heading,
    ...(isWrong && { status: UNPROCESSABLE, isError: true }),
    model: {
      p,
      intro: [...(isFirst ? p.register.first : []), ...p.register.intro, ...(isTried ? p.register.trial : [])],
      typed: name ?? p.register.proposed(has.length + 1),
      nameError,
      errors: errorsOf(nameError),
      told,
      passkeyScript: PASSKEY_SCRIPT.url,
    },
  };
}

/** `GET /console/passkeys/:id`: to name or remove it. */
export const showPasskey = consolePage(null, async (visit) => changePage(visit, null));

/** `POST /console/passkeys/:id`: names it. */
export const namePasskey = consolePage(null, async (visit) => {
  const { params, form, language } = visit;
  const name = textOf(form, 'name');
  if (!passkeyName.safeParse(name).success) return changePage(visit, passkeyTextsIn(language).register.nameWrong);
  await visit.perform(rename, { params: { id: params.id ?? '' }, body: { name } });
  return { to: `/console/passkeys?named=${params.id}` };
});

/** `POST /console/passkeys/:id/remove`. */
export const removePasskey = consolePage(
  null,
  async (visit) => {
    await visit.perform(remove, { params: { id: visit.params.id ?? '' } });
    return { to: '/console/passkeys?removed=yes' };
  },
  { takesFreshFactors: true },
);

async function changePage(visit: Visit, nameError: string | null): Promise<Shown> {
  const { params, form, language } = visit;
  const p = passkeyTextsIn(language);
  const { items } = await visit.ask(list);
  const passkey = items.find(({ id }) => id === params.id);
  if (passkey === undefined) throw notFound(`passkey ${params.id} of this person`);
  return {
    view: 'console/passkeys/views/change',
    title: p.change.heading(passkey.name),
    ...(nameError !== null && { status: UNPROCESSABLE, isError: true }),
    model: {
      p,
      heading: p.change.heading(passkey.name),
      path: `/console/passkeys/${passkey.id}`,
      typed: nameError === null ? passkey.name : textOf(form, 'name'),
      nameError,
      errors: errorsOf(nameError),
      isLast: items.length === 1,
    },
  };
}

/** `GET /console/confirm/options`: what a passkey of the person proves two factors with. */
export const confirmOptions = consolePage(null, async ({ person }, dependencies) => ({
  json: await optionsToConfirm(dependencies, person),
}));

/** `GET /console/confirm`, and what it is sent to: leads on, once two factors are proved. */
export const confirm = consolePage(
  null,
  async ({ form, query }) => ({ to: ownPath(textOf(form, 'to') || (query.to ?? '')) }),
  { takesFreshFactors: true },
);

const errorsOf = (nameError: string | null): FormError[] =>
  nameError === null ? [] : [errorOf({ field: 'name', message: nameError })];
