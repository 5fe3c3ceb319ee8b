import type { FastifyRequest } from 'fastify';
import { deleteKeptForm, findKeptForm, findPersonOfLapsedSession, insertKeptForm } from '../db/kept-forms.ts';
import { inTransaction } from '../db/postgres.ts';
import { allowedBy } from '../domain/caller.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { storable } from '../domain/text.ts';
import { UUID } from '../domain/uuid.ts';
import { toProblem } from '../http/errors.ts';
import { refuseOtherSite, sessionSecretOf } from '../http/session.ts';
import { hashSecret } from '../security/sessions.ts';
import type { FormError } from '../web/form-error.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { consoleTextsIn } from './frame-texts.ts';
import { consolePage, type ConsolePage, type Shown } from './page.ts';
import { fieldsToKeep, isFilledIn, typedTexts } from './typed-texts.ts';
import { fileNamesOf, readUploads } from './uploads.ts';
import { asItWasSent, CSRF_FIELD, ONCE_FIELD, singles, type Form, type Visit } from './visit.ts';

/** What `once` begins with in a form that is shown again: it is done once, however often it is sent. */
const ONCE_OF_KEPT = 'kept-';
const MAX_KEPT_LENGTH = 200_000;

/**
 * Keeps what a form of a session has brought that time has ended meanwhile, for its person alone (D57). Returns where it is shown again
 * after signing in; `null` where nothing was typed, or whoever sent it is not known to be that person.
 */
export async function keepLapsedForm(
  request: FastifyRequest,
  dependencies: ConsoleDependencies,
): Promise<string | null> {
  const { api } = dependencies;
  const secret = sessionSecretOf(request, api.publicUrl());
  const personId = secret === null ? null : await findPersonOfLapsedSession(api.pool, hashSecret(secret), api.clock());
  if (personId === null) return null;
  if (request.isMultipart()) await readUploads(request);
  try {
    refuseOtherSite(request, ((request.body ?? {}) as Form)[CSRF_FIELD], api.publicUrl());
  } catch {
    return null;
  }
  return keep(request, personId, dependencies);
}

/**
 * Keeps what a form has brought whose page was shown to a session before this one, as another tab of the browser still has it, for who
 * is signed in now. Returns as `keepLapsedForm`; `null`, too, unless the browser says that a page of ours has sent it.
 */
export async function keepFormOfAnotherSession(
  request: FastifyRequest,
  personId: string,
  dependencies: ConsoleDependencies,
): Promise<string | null> {
  return request.headers['sec-fetch-site'] === 'same-origin' ? keep(request, personId, dependencies) : null;
}

async function keep(request: FastifyRequest, personId: string, { api }: ConsoleDependencies): Promise<string | null> {
  // A file is not kept: its name says which one has to be chosen again.
  const form = fieldsToKeep({ ...(request.body as Form | undefined), ...fileNamesOf(request) });
  const route = request.routeOptions.url;
  if (route === undefined || !isFilledIn(form) || JSON.stringify(form).length > MAX_KEPT_LENGTH) return null;
  const params = storableIn(request.params as Record<string, string>);
  const kept = { personId, route, params, query: storableIn(singles(request.query as Form)), form: storableIn(form) };
  return addressOf(await inTransaction(api.pool, (tx) => insertKeptForm(tx, kept, api.clock())));
}

/** Fields as they can be stored, whatever was typed. */
function storableIn<Value extends string | string[]>(fields: Readonly<Record<string, Value>>): Record<string, Value> {
  const stored = (value: string | string[]) => (typeof value === 'string' ? storable(value) : value.map(storable));
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [storable(name), stored(value) as Value] as const),
  );
}

const addressOf = (id: string) => `/console/kept/${id}`;

/** Forgets a form that was kept, once it has been sent again: what it is answered with has what was typed, or has done it. */
export async function forgetKept({ form, person }: Visit, { api }: ConsoleDependencies): Promise<void> {
  const once = form[ONCE_FIELD];
  const id = typeof once === 'string' && once.startsWith(ONCE_OF_KEPT) ? once.slice(ONCE_OF_KEPT.length) : '';
  await forget(id, person.id, api);
}

async function forget(id: string, personId: string, { pool }: ConsoleDependencies['api']): Promise<void> {
  if (isId(id)) await inTransaction(pool, (tx) => deleteKeptForm(tx, { id, personId }));
}

const isId = (id: string) => new RegExp(`^${UUID}$`).test(id);

/** `POST /console/kept/:id`: forgets a form that nobody means to send any more. */
export const forgetKeptForm: ConsolePage = consolePage(null, async ({ params, person }, { api }) => {
  await forget(params['id'] ?? '', person.id, api);
  return { to: '/console' };
});

/**
 * `GET /console/kept/:id`: a form as it was sent when the session had ended, with everything that was typed, and nothing done. It is
 * shown by the page that it was sent to, which gets nothing to act with (D26). `pages` has all of them.
 */
export const keptForm = (pages: () => readonly (readonly [string, string, ConsolePage])[]): ConsolePage =>
  consolePage(null, async (visit, dependencies) => {
    const { person, now, params, language } = visit;
    const id = params['id'] ?? '';
    const words = consoleTextsIn(language).kept;
    const kept = isId(id) ? await findKeptForm(dependencies.api.pool, { id, personId: person.id }, now) : null;
    if (kept === null) return shownAlone(words.goneHeading, { paragraph: words.gone, texts: [] });
    const page = pages().find(([method, url]) => method === 'POST' && url === kept.route)?.[2];
    const mayComeHere = page && (page.scope === null || allowedBy(person, page.scope) !== null);
    const shown = mayComeHere ? await shownBy(page, asItWasSent(visit, kept, NOT_SENT), dependencies) : null;
    const texts = typedTexts(kept.form);
    if (shown === null) return shownAlone(words.heading, { paragraph: words.alone, texts });
    const errors: FormError[] = [{ summary: words.summary, field: null, message: words.note, notes: [] }];
    return {
      ...shown,
      status: 200,
      once: ONCE_OF_KEPT + id,
      model: { ...shown.model, errors, errorOf: {} },
      // Its page may have no such form by now, as of an objection that somebody else has decided.
      typed: texts,
    };
  });

/** What every act of a form is refused with while it is only shown. */
const NOT_SENT = new InvalidRequest([{ path: '', message: 'Nothing has been sent' }]);

/** What a page gets that only shows a form: what is not a setting of the installation cannot be acted with. */
const nothingToActWith = ({ isTrial }: ConsoleDependencies) =>
  new Proxy({ isTrial } as ConsoleDependencies, {
    get: (settings, name) => {
      if (name in settings) return Reflect.get(settings, name) as unknown;
      throw NOT_SENT;
    },
  });

type ShownForm = Extract<Shown, { view: unknown }>;

/** The form as its own page shows it; `null` where it shows none: it would act otherwise, or refuses the form before. */
async function shownBy(
  { show, showAgain }: ConsolePage,
  visit: Visit,
  dependencies: ConsoleDependencies,
): Promise<ShownForm | null> {
  try {
    const shown = showAgain ? await showAgain(visit, dependencies) : await show(visit, nothingToActWith(dependencies));
    return 'view' in shown && 'errors' in shown.model ? shown : null;
  } catch (error) {
    if (toProblem(error) === null) throw error;
    return null;
  }
}

function shownAlone(heading: string, { paragraph, texts }: { paragraph: string; texts: readonly string[] }): Shown {
  return { view: 'console/views/kept', title: heading, typed: texts, model: { heading, paragraph } };
}
