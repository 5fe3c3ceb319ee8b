import { saveDraft, type AnnouncementDraft } from '../../db/announcement-drafts.ts';
import { notFound } from '../../domain/refused.ts';
import type { EntryNow } from '../../domain/register.ts';
import { DRAFT_SCRIPT } from '../../web/assets.ts';
import { textOf } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { timeInWords } from '../times.ts';
import type { Visit } from '../visit.ts';
import { companiesFound, fieldsOfCompany, type KnownCompany } from './company-fields.ts';
import { addressOfStep, draftOf, stepOf } from './draft-of.ts';
import { nameOf, stepsShown } from './draft-shown.ts';
import type { FaultInWords } from './faults.ts';
import { fieldsIn, fieldsWith, fieldsWithout, typedIn, type Fields } from './fields.ts';
import { groundOf, judgingOf, productsToAnnounce, type Judging } from './judging.ts';
import { showReview } from './review-handlers.ts';
import { fieldsShown, isCompanyAsked, stepModel } from './step-form.ts';
import { kindOf, stepAfter, type FormStep } from './steps.ts';
import { textsIn } from './texts.ts';

/** `GET /console/announce/:id/:step`: the form of one step, as the draft has it; the last step shows the whole. */
export const showStep = consolePage('changes:announce', async (visit, dependencies) => {
  const draft = await draftOf(visit, dependencies);
  if (draft.ledTo !== null) return { to: draft.ledTo };
  const step = stepOf(visit);
  if (step === 'review') return showReview(visit, draft);
  return stepPage(visit, { draft, step, faults: [] });
});

/** `POST /console/announce/:id/:step`: saves what is typed, whatever it is; goes on only where the step is right. */
export const saveStep = consolePage(
  'changes:announce',
  async (visit, dependencies) => {
    const step = stepOf(visit);
    const draft = await draftOf(visit, dependencies);
    if (draft.ledTo !== null) return { to: draft.ledTo };
    if (step === 'review') return { to: addressOfStep(draft.id, 'review') };
    const act = textOf(visit.form, 'do');
    const typed = await typedOver(visit, draft, step);
    const saved = await saveDraft(dependencies.api.pool, visit.person.id, typed, visit.now);
    if (saved === null) {
      const message = textsIn(visit.language).savedElsewhere;
      const elsewhere = { field: null, step, message, code: null, change: null, isAboutCustomers: false };
      return stepPage(visit, { draft: { ...draft, fields: typed.fields }, step, faults: [elsewhere], status: 409 });
    }
    if (act === 'add') return { to: `${addressOfStep(draft.id, step)}?more=1` };
    if (act !== 'next') return { to: `${addressOfStep(draft.id, step)}?saved=1` };
    if (step === 'company' && asksAgain(visit, saved.fields)) return { to: addressOfStep(draft.id, step) };
    const judging = await judgingOf(visit, saved.fields);
    const { ground, judged } = judging;
    const own = (judged?.faults ?? []).filter((fault) => fault.step === step);
    const hasForm = step !== 'company' || ground === null || isCompanyAsked(saved.fields, ground.register);
    const faults = hasForm ? own : own.filter(({ field }) => field === 'entry');
    if (faults.length > 0) return stepPage(visit, { draft: saved, step, faults, judging });
    return { to: addressOfStep(draft.id, stepAfter(step, kindOf(saved.fields))) };
  },
  {
    async showAgain(visit, dependencies) {
      const step = stepOf(visit);
      const draft = await draftOf(visit, dependencies);
      if (draft.ledTo !== null || step === 'review') return { to: addressOfStep(draft.id, 'review') };
      return stepPage(visit, { draft: await typedOver(visit, draft, step), step, faults: [] });
    },
  },
);

/** A draft as a form makes it, and the version that the form was shown from. */
async function typedOver(visit: Visit, { id, fields }: AnnouncementDraft, step: FormStep) {
  const { form } = visit;
  const after = await fieldsAfter(visit, fields, step, textOf(form, 'do'));
  return { id, fields: after, version: Number(textOf(form, 'version')) };
}

/**
 * `POST /console/announce/:id/:step/keep`: saves what is being typed, whatever it is, and judges nothing. Says in words that it is
 * saved, with the draft's version from now on; `null` for the version where another page has saved the draft, or ended it.
 */
export const keepStep = consolePage(
  'changes:announce',
  async (visit, dependencies) => {
    const { now, language, person } = visit;
    const step = stepOf(visit);
    const draft = await draftOf(visit, dependencies);
    if (step === 'review') throw notFound('form of that step');
    const saved = await saveDraft(dependencies.api.pool, person.id, await typedOver(visit, draft, step), now);
    const { keeping } = textsIn(language);
    if (saved === null) return { json: { version: null, said: keeping.elsewhere } };
    return { json: { version: saved.version, said: keeping.saved(timeInWords(now, language)) } };
  },
  { isSentUnseen: true },
);

/** The fields of a draft after a form was sent: what it has typed, and what its button does with that. */
async function fieldsAfter(visit: Visit, before: Fields, step: FormStep, act: string): Promise<Fields> {
  const sent = fieldsIn(visit.form);
  // A row that is not sent is gone.
  const kept = step === 'places' ? fieldsWithout(before, 'places.') : before;
  const fields = fieldsWith(kept, sent);
  if (step === 'about') return fitting(before, fields);
  const [, verb, product = '', id = ''] = /^(use|amend):([a-z0-9-]+):([0-9a-f-]{36})$/.exec(act) ?? [];
  if (verb === undefined) return isChosenAnew(visit.form) ? choosing(visit, before, fields) : fields;
  const register = (await groundOf(visit, { product }))?.register ?? [];
  const entry = register.find((each) => each.id === id);
  if (entry === undefined) return fields;
  if (verb === 'use') {
    // Who is above it in another register says nothing here.
    const parent = typedIn(before, 'subProcessor.parentId');
    return fieldsWith(fieldsWithout(fields, 'places.'), { ...fieldsOfCompany(entry), 'subProcessor.parentId': parent });
  }
  return amending(fields, entry);
}

/** Whether another entry is chosen than the one that the form was shown with: what else it has is then of that one. */
function isChosenAnew(form: Visit['form']): boolean {
  return form.entry !== undefined && textOf(form, 'entry') !== textOf(form, 'entryShown');
}

/** Whether what an entry brings along has to be looked at before going on. */
function asksAgain({ form }: Visit, fields: Fields): boolean {
  return isChosenAnew(form) && typedIn(fields, 'entry') !== '' && kindOf(fields) !== 'removal';
}

/** The fields after another entry is chosen: what it brings along, and nothing of the one before. */
async function choosing(visit: Visit, before: Fields, fields: Fields): Promise<Fields> {
  const register = (await groundOf(visit, fields))?.register ?? [];
  const entry = register.find(({ id }) => id === typedIn(fields, 'entry'));
  const kind = kindOf(fields);
  if (entry === undefined) return fields;
  if (kind === 'amendment') return amending(fields, entry);
  const chosen = fieldsWithout(fields, 'children.');
  if (kind !== 'replacement') return chosen;
  // Who comes in takes the place in the chain of who leaves, unless another is chosen.
  const parent = typedIn(fields, 'subProcessor.parentId');
  const above = [textOf(visit.form, 'entryShown'), typedIn(before, 'entry')].map(
    (id) => register.find((each) => each.id === id)?.parentId ?? '',
  );
  const isChosen = parent !== '' && parent !== entry.id && !above.includes(parent);
  return isChosen ? chosen : fieldsWith(chosen, { 'subProcessor.parentId': entry.parentId ?? '' });
}

/** The fields of an amendment of an entry: its facts as they are today. */
function amending(fields: Fields, entry: EntryNow): Fields {
  const others = fieldsWithout(fields, 'children.', 'wordingOnly.', 'subProcessor.', 'places.');
  return fieldsWith(others, { kind: 'amendment', entry: entry.id, ...fieldsOfCompany(entry) });
}

/** The fields that still mean something after another product or kind is chosen: entries are of one product, and of one kind's role. */
function fitting(before: Fields, after: Fields): Fields {
  const isSame = (name: string) => typedIn(before, name) === typedIn(after, name);
  if (isSame('product') && isSame('kind')) return after;
  const ofEntries = ['entry', 'entries.', 'children.', 'wordingOnly.'];
  return fieldsWithout(after, ...ofEntries, ...(isSame('product') ? [] : ['subProcessor.parentId', 'supersedes']));
}

interface StepShown {
  readonly draft: Pick<AnnouncementDraft, 'id' | 'fields' | 'version'>;
  readonly step: FormStep;
  readonly faults: readonly FaultInWords[];
  readonly status?: number;
  /** Of the fields of the draft, where they have been judged already. */
  readonly judging?: Judging;
}

async function stepPage(visit: Visit, { draft, step, faults, status = 422, judging }: StepShown): Promise<Shown> {
  const { language, query } = visit;
  const t = textsIn(language);
  const { fields } = draft;
  const { ground, judged } = judging ?? (await judgingOf(visit, fields));
  const steps = stepsShown(draft, step, judged && [...judged.faults, ...faults], visit);
  const ofDate = judged?.faults.find(({ field }) => field === 'plannedActivationOn');
  const isFar = ofDate === undefined ? typedIn(fields, 'farDate') !== '' : ofDate.code === 'planned-date-too-far';
  const model = await stepModel(visit, step, fields, { ground, more: query.more === '1' ? 1 : 0 });
  return {
    view: `console/announcing/views/${step}`,
    title: `${t.steps[step]} · ${t.title}`,
    status: faults.length === 0 ? 200 : status,
    isError: faults.length > 0,
    model: {
      t,
      id: draft.id,
      version: draft.version,
      step,
      steps,
      draftName: nameOf(draft, visit),
      action: addressOfStep(draft.id, step),
      // Another kind or product empties what was chosen of them, which only who sends the form can want.
      draftScript: step === 'about' ? null : DRAFT_SCRIPT.url,
      notice: query.saved === '1' ? t.saved : '',
      field: fieldsShown(fields, faults, visit),
      errors: faults.map(({ field, message }) => ({ summary: message, field, message: '', notes: [] })),
      fields,
      isFar,
      ...(step === 'company' && (await lookup(visit, fields, query.find ?? ''))),
      ...model,
    },
  };
}

/** The companies of the registers that fit what is looked for, each with what can be done with it. */
async function lookup(visit: Visit, fields: Fields, words: string): Promise<object> {
  const t = textsIn(visit.language);
  const kind = kindOf(fields);
  if (words.trim() === '' || (kind !== 'addition' && kind !== 'replacement')) return { find: words, found: null };
  const products = await productsToAnnounce(visit);
  const known: KnownCompany[] = [];
  for (const { id, name } of products) {
    const ground = await groundOf(visit, { product: id });
    known.push(...(ground?.register ?? []).map((entry) => ({ product: id, productName: name, entry })));
  }
  const own = typedIn(fields, 'product');
  return {
    find: words,
    found: companiesFound(words, known).map(({ product, productName, entry }) => ({
      name: entry.name,
      registrationNumber: entry.registrationNumber ?? '',
      where: product === own ? t.lookup.inThisRegister : t.lookup.inProduct(productName),
      act: product === own ? `amend:${product}:${entry.id}` : `use:${product}:${entry.id}`,
      button: product === own ? t.buttons.amend : t.buttons.use,
    })),
  };
}
