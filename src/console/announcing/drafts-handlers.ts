import { randomUUID } from 'node:crypto';
import { get as getChange } from '../../api/changes.ts';
import { deleteDraft, draftsOf, insertDraft } from '../../db/announcement-drafts.ts';
import { momentInWords } from '../../domain/wording.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { errorOf } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { ONCE_FIELD, type Visit } from '../visit.ts';
import { fieldsOfAnnouncement, type AnnouncedAs } from './announcement-fields.ts';
import { addressOfStep } from './draft-of.ts';
import { nameOf } from './draft-shown.ts';
import type { FaultInWords } from './faults.ts';
import { fieldsIn, fieldsWith, typedIn, type Fields } from './fields.ts';
import { aboutModel, fieldsShown } from './step-form.ts';
import { kindOf, stepAfter } from './steps.ts';
import { textsIn } from './texts.ts';
import { TIME_ZONE } from '../times.ts';

/** `GET /console/announce`: the drafts that the person has, and the first step of a new one. */
export const showDrafts = consolePage('changes:announce', (visit, dependencies) =>
  draftsPage(visit, dependencies, {}, []),
);

/** `POST /console/announce`: begins a draft, of what is chosen or of what a change announced (`from`). One form begins one draft. */
export const beginDraft = consolePage(
  'changes:announce',
  async (visit, dependencies) => {
    const { form, person, now } = visit;
    const from = typeof form.from === 'string' ? form.from : null;
    const fields = from === null ? fieldsIn(form) : await fieldsOfChange(visit, from);
    if (from === null && typedIn(fields, 'product') === '') {
      const { faults } = textsIn(visit.language);
      const missing = { field: 'product', step: 'about', code: null, change: null, isAboutCustomers: false } as const;
      return draftsPage(visit, dependencies, fields, [{ ...missing, message: faults.missing.product }]);
    }
    const once = [form[ONCE_FIELD] ?? randomUUID()].flat().join();
    const begun = { personId: person.id, once, fields: fieldsWith({}, fields) };
    const draft = await insertDraft(dependencies.api.pool, begun, now);
    return { to: addressOfStep(draft.id, from === null ? stepAfter('about', kindOf(draft.fields)) : 'review') };
  },
  { showAgain: (visit, dependencies) => draftsPage(visit, dependencies, fieldsIn(visit.form), []) },
);

/** `POST /console/announce/:id/discard`: throws a draft away; of a second click, it is gone already. */
export const discardDraft = consolePage('changes:announce', async ({ params, person }, { api }) => {
  await deleteDraft(api.pool, person.id, params.id ?? '');
  return { to: '/console/announce?discarded=1' };
});

/** What a change announced, to be announced anew: in its place, where it was withdrawn. */
async function fieldsOfChange(visit: Visit, id: string): Promise<Fields> {
  const change = await visit.ask(getChange, { params: { id } });
  const announced = change as unknown as AnnouncedAs & { readonly status: string };
  const fields = fieldsOfAnnouncement({ ...announced, holdMinutes: undefined });
  return { ...fields, supersedes: announced.status === 'withdrawn' ? id : '' };
}

async function draftsPage(
  visit: Visit,
  { api }: ConsoleDependencies,
  fields: Fields,
  faults: readonly FaultInWords[],
): Promise<Shown> {
  const { language, person, query } = visit;
  const t = textsIn(language);
  const drafts = await draftsOf(api.pool, person.id);
  return {
    view: 'console/announcing/views/drafts',
    title: t.title,
    status: faults.length === 0 ? 200 : 422,
    isError: faults.length > 0,
    model: {
      t,
      field: fieldsShown(fields, faults, visit),
      errors: faults.map(errorOf),
      notice: query.discarded === '1' ? t.drafts.discarded : '',
      drafts: drafts.map((draft) => ({
        id: draft.id,
        // At the first step that lacks something.
        address: `${addressOfStep(draft.id, 'review')}?resume=1`,
        what: nameOf(draft, visit),
        product: typedIn(draft.fields, 'product'),
        saved: momentInWords(draft.savedAt, TIME_ZONE, language),
      })),
      ...(await aboutModel(visit, fields)),
    },
  };
}
