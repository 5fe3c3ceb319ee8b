import type { FastifyRequest } from 'fastify';
import { deleteKeptForm, findKeptForm, findPersonOfLapsedSession, insertKeptForm } from '../db/kept-forms.ts';
import { inTransaction } from '../db/postgres.ts';
import { allowedBy } from '../domain/caller.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { UUID } from '../domain/uuid.ts';
import { toProblem } from '../http/errors.ts';
import { refuseOtherSite, sessionSecretOf } from '../http/session.ts';
import { hashSecret } from '../security/sessions.ts';
import type { FormError } from '../web/form-error.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { consoleTextsIn } from './frame-texts.ts';
import { consolePage, type ConsolePage, type Shown } from './page.ts';
import { readTexts } from './uploads.ts';
import { asItWasSent, CSRF_FIELD, ONCE_FIELD, singles, type Form, type Visit } from './visit.ts';

/** What `once` begins with in a form that is shown again: it is done once, however often it is sent. */
const ONCE_OF_KEPT = 'kept-';
const MAX_KEPT_LENGTH = 200_000;

/**
 * Keeps what a form of a session has brought that time has ended meanwhile, for its person alone (D57). Returns where it is shown again
 * after signing in; `null` where there is nothing to keep, or whoever sent it is not known to be that person.
 */
export async function keepForm(request: FastifyRequest, { api }: ConsoleDependencies): Promise<string | null> {
  const route = request.routeOptions.url;
  const secret = sessionSecretOf(request, api.publicUrl());
  if (secret === null || route === undefined) return null;
  const now = api.clock();
  const personId = await findPersonOfLapsedSession(api.pool, hashSecret(secret), now);
  if (personId === null) return null;
  // Of who is known alone. A file is not kept: its name says which one has to be chosen again.
  const { [CSRF_FIELD]: csrf, [ONCE_FIELD]: _once, ...form } = await textsOf(request);
  if (JSON.stringify(form).length > MAX_KEPT_LENGTH || Object.keys(form).length === 0) return null;
  try {
    refuseOtherSite(request, csrf, api.publicUrl());
  } catch {
    return null;
  }
  const params = request.params as Record<string, string>;
  const kept = { personId, route, params, query: singles(request.query as Form), form };
  return addressOf(await inTransaction(api.pool, (tx) => insertKeptForm(tx, kept, now)));
}

/** The texts of a form; none of one that breaks off, or that has too much. */
async function textsOf(request: FastifyRequest): Promise<Record<string, string | string[]>> {
  if (!request.isMultipart()) return (request.body ?? {}) as Record<string, string | string[]>;
  return readTexts(request).catch(() => ({}));
}

const addressOf = (id: string) => `/console/kept/${id}`;

/** Forgets a form that was kept, once it has been sent again and done. */
export async function forgetKept({ form, person }: Visit, { api }: ConsoleDependencies): Promise<void> {
  const once = form[ONCE_FIELD];
  const id = typeof once === 'string' && once.startsWith(ONCE_OF_KEPT) ? once.slice(ONCE_OF_KEPT.length) : '';
  if (isId(id)) await inTransaction(api.pool, (tx) => deleteKeptForm(tx, { id, personId: person.id }));
}

const isId = (id: string) => new RegExp(`^${UUID}$`).test(id);

/**
 * `GET /console/kept/:id`: a form as it was sent when the session had ended, with everything that was typed, and nothing done. It is
 * shown by the page that it was sent to, which gets nothing to act with (D26). `pages` has all of them.
 */
export const keptForm = (pages: () => readonly (readonly [string, string, ConsolePage])[]): ConsolePage =>
  consolePage(null, async (visit, { api }) => {
    const { person, now, params, language } = visit;
    const id = params['id'] ?? '';
    const words = consoleTextsIn(language).kept;
    const kept = isId(id) ? await findKeptForm(api.pool, { id, personId: person.id }, now) : null;
    if (kept === null) return shownAlone(words.goneHeading, { paragraph: words.gone, texts: [] });
    const page = pages().find(([method, url]) => method === 'POST' && url === kept.route)?.[2];
    const mayComeHere = page && (page.scope === null || allowedBy(person, page.scope) !== null);
    const shown = mayComeHere ? await shownBy(page, asItWasSent(visit, kept, NOT_SENT)) : null;
    if (shown === null) {
      const texts = Object.values(kept.form)
        .flat()
        .filter((text) => text.trim() !== '');
      return shownAlone(words.heading, { paragraph: words.alone, texts });
    }
    const errors: FormError[] = [{ summary: words.summary, field: null, message: words.note, notes: [] }];
    return { ...shown, status: 200, once: ONCE_OF_KEPT + id, model: { ...shown.model, errors, errorOf: {} } };
  });

/** What every act of a form is refused with while it is only shown. */
const NOT_SENT = new InvalidRequest([{ path: '', message: 'Nothing has been sent' }]);
const NOTHING_TO_ACT_WITH = new Proxy({} as ConsoleDependencies, {
  get: () => {
    throw NOT_SENT;
  },
});

type ShownForm = Extract<Shown, { view: unknown }>;

/** The form as its own page shows it; `null` where it shows none: it would act otherwise, or refuses the form before. */
async function shownBy(page: ConsolePage, visit: Visit): Promise<ShownForm | null> {
  try {
    const shown = await page.show(visit, NOTHING_TO_ACT_WITH);
    return 'view' in shown && 'errors' in shown.model ? shown : null;
  } catch (error) {
    if (toProblem(error) === null) throw error;
    return null;
  }
}

function shownAlone(heading: string, { paragraph, texts }: { paragraph: string; texts: readonly string[] }): Shown {
  return { view: 'console/views/kept', title: heading, model: { heading, paragraph, texts } };
}
