import * as products from '../../api/products.ts';
import { SECOND_PERSON_ACTS } from '../../domain/proposal.ts';
import { looseningOf, type Loosening } from '../../domain/terms.ts';
import { oneLine, type Language } from '../../domain/text.ts';
import { dateInWords } from '../../domain/wording.ts';
import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { withOffer } from '../proposals/propose.ts';
import { proposalsAbout, waitingAmong } from '../proposals/waiting.ts';
import type { Visit } from '../visit.ts';
import { settingsPage, type Field, type Section } from './page-model.ts';
import { shownFields } from './product-words.ts';
import {
  blankProduct,
  FIELD_OF,
  placesInWords,
  productBody,
  standingProduct,
  typedProduct,
  type ShownProduct,
  type TypedProduct,
} from './product-fields.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/products';

/** What terms mean for a change that is announced now. */
interface Announcement {
  readonly lastDay: string;
  readonly earliestPlannedActivation: string;
  readonly lastDayToAnswer: string;
}
interface Meaning {
  readonly nextAnnouncement: { readonly before: Announcement | null; readonly after: Announcement };
  readonly terms: ShownProduct['terms'];
}

/** `GET /console/settings/products/new`. */
export const showNewProduct = consolePage('products:write', async (visit) => showForm(visit, blankProduct(), null));

/** `POST /console/settings/products/new`. */
export const createProduct = consolePage('products:write', async (visit) => {
  const typed = typedProduct(visit.form);
  return saveOrTry(visit, typed, null, { 'if-none-match': '*' });
});

/** `GET /console/settings/products/:product/edit`. */
export const showEditProduct = consolePage('products:write', async (visit) => {
  const product = await productOf(visit);
  return showForm(visit, standingProduct(product, await versionOf(visit, product.id)), product);
});

/** `POST /console/settings/products/:product/edit`: says what other terms would mean, or saves them. */
export const editProduct = consolePage('products:write', async (visit) => {
  const product = await productOf(visit);
  const typed = { ...typedProduct(visit.form), id: product.id };
  return saveOrTry(visit, typed, product, typed.version === '' ? {} : { 'if-match': typed.version });
});

const versionOf = (visit: Visit, product: string) => visit.versionOf(products.get, { product });

async function productOf(visit: Visit): Promise<ShownProduct> {
  const { product = '' } = visit.params;
  return await visit.ask(products.get, { params: { product } });
}

async function saveOrTry(
  visit: Visit,
  typed: TypedProduct,
  product: ShownProduct | null,
  conditions: Readonly<Record<string, string>>,
): Promise<Shown> {
  const isTried = textOf(visit.form, 'step') !== 'save';
  const said = { params: { product: typed.id }, body: productBody(typed), conditions };
  try {
    const { body } = await visit.perform(products.put, isTried ? { ...said, query: { dryRun: true } } : said);
    if (!isTried) return { to: `${PATH}/${typed.id}?said=saved` };
    return showForm(visit, typed, product, NO_FAULTS, (body as { result: Meaning }).result);
  } catch (error) {
    const faults = faultsIn(visit, error, product === null);
    // Who is told of another's correction sends the next one knowing of it; who is told of anything else, does not.
    const isTold = product !== null && faults.code === 'precondition-failed';
    const version = isTold ? await versionOf(visit, product.id) : typed.version;
    return showForm(visit, { ...typed, version }, product, faults);
  }
}

function faultsIn(visit: Visit, error: unknown, isNew: boolean): FormFaults {
  const { products: t } = settingsWords(visit.language);
  return faultsOf(error, {
    language: visit.language,
    fieldOf: FIELD_OF,
    expected: t.expected,
    refusals: {
      'precondition-failed': isNew ? t.exists : t.changedMeanwhile,
      'terms-below-contract': t.expected.windowDays,
    },
  });
}

async function showForm(
  visit: Visit,
  typed: TypedProduct,
  product: ShownProduct | null,
  refused = NO_FAULTS,
  meaning: Meaning | null = null,
): Promise<Shown> {
  const { products: t, ...words } = settingsWords(visit.language);
  const { faults, offer } = withOffer(refused, { kind: 'terms', product: typed.id, terms: productBody(typed) });
  const path = product === null ? PATH : `${PATH}/${product.id}`;
  return settingsPage({
    heading: product === null ? t.newHeading : t.editHeading(oneLine(product.name)),
    back: { href: path, text: product === null ? t.heading : oneLine(product.name) },
    intro: product === null ? [] : [t.intro, ...(product.secondPerson.includes('terms') ? [t.takesTwo] : [])],
    notice: meaning && t.nothingSaved,
    proposals: product === null ? [] : await waitingAmong(visit, await proposalsAbout(visit, product.id, product.id)),
    faults,
    offer,
    form: {
      action: product === null ? `${PATH}/new` : `${path}/edit`,
      fields: fieldsOf(typed, product === null, t),
      submit: t.try,
      ...(meaning && {
        next: {
          text: words.save,
          step: 'save',
          again: t.again,
          would: [
            ...(product === null ? [] : [changesOf(product, typed, visit)]),
            ...meaningOf(meaning, product, visit),
          ],
        },
      }),
    },
  });
}

function meaningOf(
  { nextAnnouncement: { before, after }, terms }: Meaning,
  standing: ShownProduct | null,
  visit: Visit,
): Section[] {
  const { products: t } = settingsWords(visit.language);
  const loosened = standing === null ? [] : looseningOf(terms, standing.terms);
  const day = (text: string | undefined) =>
    text === undefined ? '' : dateInWords(Temporal.PlainDate.from(text), visit.language);
  const rows = (
    [
      [t.lastDay, 'lastDay'],
      [t.earliest, 'earliestPlannedActivation'],
      [t.lastAnswer, 'lastDayToAnswer'],
    ] as const
  ).map(([name, field]) => [name, day(before?.[field]), day(after[field])]);
  const isOther = rows.some(([, was, is]) => was !== is);
  if (!isOther && loosened.length === 0) return [];
  return [
    {
      id: 'meaning',
      heading: t.meaning,
      ...(isOther && { table: { caption: t.meaningNow, none: '', columns: [t.meaningNow, t.before, t.after], rows } }),
      ...(loosened.length > 0 && {
        paragraphs: [`${t.warnings}:`, ...loosened.map((each) => looseningInWords(each, visit.language))],
      }),
    },
  ];
}

/** What of the page is typed otherwise than the product stands, field by field. */
function changesOf(standing: ShownProduct, typed: TypedProduct, visit: Visit): Section {
  const { products: t } = settingsWords(visit.language);
  const was = shownFields(standingProduct(standing, ''), visit.language);
  const is = shownFields(typed, visit.language);
  const rows = was.flatMap(({ name, value }, index) => {
    const then = is[index]?.value ?? '';
    return value === then ? [] : [[name, value, then]];
  });
  const columns = [t.changes, t.before, t.after];
  return {
    id: 'changes',
    heading: t.changes,
    table: { caption: t.changes, none: t.noChanges, columns, rows },
  };
}

function looseningInWords(loosening: Loosening, language: Language): string {
  const { loosened } = settingsWords(language).products;
  switch (loosening.what) {
    case 'places':
      return loosened.places(placesInWords(loosening.places, language));
    case 'approvalEffectiveAfterHours':
      return loosened.approvalEffectiveAfterHours(loosening.from, loosening.to);
    case 'placesNeedApproval':
    case 'activitiesNeedApproval':
    case 'replacementsNeedApproval':
      return loosened[loosening.what];
  }
}

type Words = ReturnType<typeof settingsWords>['products'];

const reasonFields = (typed: TypedProduct, t: Words): Field[] => [
  { part: 'heading', text: t.reason, hint: t.reasonHint },
  { part: 'textarea', id: 'reason', rows: 3, label: t.reason, value: typed.reason },
];

function fieldsOf(typed: TypedProduct, isNew: boolean, t: Words): Field[] {
  const line = (
    id: keyof TypedProduct & keyof Words,
    more: { type?: string; hint?: string; optional?: boolean } = {},
  ): Field => ({
    part: 'field',
    id,
    label: t[id],
    value: String(typed[id]),
    ...more,
  });
  const number = (id: keyof TypedProduct & keyof Words, hint?: string): Field =>
    line(id, { type: 'number', ...(hint !== undefined && { hint }) });
  const tick = (id: keyof TypedProduct & keyof Words): Field => ({
    part: 'tick',
    id,
    label: t[id],
    isTicked: typed[id] === true,
  });
  return [
    { part: 'hidden', id: 'version', value: typed.version },
    ...(isNew ? [line('id', { hint: t.idHint })] : []),
    line('name'),
    { part: 'heading', text: t.processor },
    line('processorName'),
    line('processorNumber'),
    line('processorAddress'),
    { part: 'heading', text: t.objection },
    number('windowDays'),
    line('timeZone'),
    tick('rollForward'),
    line('minimumDays', { type: 'number', hint: t.minimumHint, optional: true }),
    line('objectionEmail', { type: 'email' }),
    { part: 'textarea', id: 'objectionPostal', rows: 3, label: t.objectionPostal, value: typed.objectionPostal },
    { part: 'heading', text: t.approval },
    tick('placesNeedApproval'),
    tick('activitiesNeedApproval'),
    tick('replacementsNeedApproval'),
    number('answerDays'),
    number('effectiveHours'),
    { part: 'textarea', id: 'places', label: t.places, hint: t.placesHint, value: typed.places, optional: true },
    { part: 'heading', text: t.running },
    number('holdMinutes', t.holdHint),
    number('withdrawalDelayHours'),
    line('officersAddress', { type: 'email', optional: true }),
    { part: 'heading', text: t.secondPerson },
    {
      part: 'choices',
      id: 'secondPerson',
      type: 'checkbox',
      legend: t.secondPersonFor,
      hint: t.secondPersonHint,
      options: SECOND_PERSON_ACTS.map((value) => ({ value, ...t.acts[value] })),
      chosen: typed.secondPerson,
    },
    { part: 'heading', text: t.retention },
    number('caseYears'),
    number('automaticMailDays'),
    number('technicalDays'),
    number('storedResponseDays'),
    number('endedKeyDays'),
    // The first terms are instead of none.
    ...(isNew ? [] : reasonFields(typed, t)),
  ];
}
