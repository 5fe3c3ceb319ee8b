import { show as previewChange } from '../../api/change-preview.ts';
import { announcement as announcementSchema } from '../../api/change-schemas.ts';
import { get as getProduct } from '../../api/products.ts';
import { get as getRegister } from '../../api/register.ts';
import type { Announcement } from '../../domain/change.ts';
import { dayIn } from '../../domain/instant.ts';
import type { RegisterEntry } from '../../domain/register.ts';
import { ownProducts } from '../own-products.ts';
import type { Visit } from '../visit.ts';
import { announcementOf, type TypedAnnouncement } from './announcement-of.ts';
import { faultsInWords, labelledAs, type Fault, type FaultInWords } from './faults.ts';
import { fieldsWith, typedIn, type Fields } from './fields.ts';
import { saidOf } from './said.ts';
import { kindOf } from './steps.ts';
import { LABELLED } from './texts-shape.ts';

type AnswerOf<Operation> = Operation extends { read: (...args: never[]) => Promise<infer Answer> } ? Answer : never;
export type Preview = AnswerOf<typeof previewChange>;
export type ProductShown = AnswerOf<typeof getProduct>;

/** The product that is chosen, with its register of today. */
export interface Ground {
  readonly product: ProductShown;
  readonly register: readonly RegisterEntry[];
}

/** What is announced, judged by the rules that `POST /v1/changes` has. */
export interface Judged {
  readonly typed: TypedAnnouncement;
  /** `null` while something is missing or ill-formed. */
  readonly announcement: Announcement | null;
  readonly preview: Preview | null;
  readonly faults: readonly FaultInWords[];
}

/** The products that the person may announce changes of. */
export const productsToAnnounce = (visit: Visit) => ownProducts(visit, 'changes:announce');

/** The product that is chosen, and its register; `null` while none is. Throws `forbidden` for one of others. */
export async function groundOf(visit: Visit, fields: Fields): Promise<Ground | null> {
  const product = typedIn(fields, 'product');
  if (product === '') return null;
  const params = { product };
  const [found, register] = await Promise.all([visit.ask(getProduct, { params }), visit.ask(getRegister, { params })]);
  return { product: found, register: register.entries.map(entryOf) };
}

/** An entry as the domain has it. */
function entryOf(shown: AnswerOf<typeof getRegister>['entries'][number]): RegisterEntry {
  const dayOf = (day: string) => Temporal.PlainDate.from(day);
  return {
    ...shown,
    activeFrom: dayOf(shown.activeFrom),
    activeUntil: shown.activeUntil === null ? null : dayOf(shown.activeUntil),
    factsFrom: dayOf(shown.factsFrom),
  };
}

/** What is typed, with the ground on which it was judged; both `null` while no product is chosen. */
export type Judging =
  { readonly ground: Ground; readonly judged: Judged } | { readonly ground: null; readonly judged: null };

/** What is typed, judged on the register of the product that is chosen. Asks for the whole preview: once for a page is enough. */
export async function judgingOf(visit: Visit, fields: Fields): Promise<Judging> {
  const ground = await groundOf(visit, fields);
  return ground === null ? { ground, judged: null } : { ground, judged: await judge(visit, fields, ground) };
}

/**
 * Every fault of an announcement at once, and what it would do. What is missing or ill-formed is stood in for, so that the same rules
 * judge the rest as well; of what stands in nothing is told.
 */
async function judge(visit: Visit, fields: Fields, { register, product }: Ground): Promise<Judged> {
  const typed = announcementOf(fields, register);
  const { faults, completed } = formFaults(visit, fields, { register, product });
  const announcement = announcementSchema.safeParse(typed.body).data ?? null;
  const shown =
    completed === null
      ? null
      : await visit.ask(previewChange, { body: { ...announcementOf(completed, register).body, product: product.id } });
  const preview = announcement === null ? null : shown;
  const wrong = new Set(faults.map(({ path }) => typed.fieldOf(path)));
  const refusals = (shown?.refusals ?? []).filter(({ path }) => !wrong.has(typed.fieldOf(path)));
  const said = saidOf(fields, { register, preview: shown }, visit.language);
  const told = faultsInWords([...faults, ...refusals], fields, typed.fieldOf, said, visit.language);
  return { typed, announcement, preview, faults: inOrder(told.filter((fault) => isToBeTyped(fault, fields, wrong))) };
}

/** The faults that the schema finds, round by round; and the fields with stand-ins that it takes, or `null`. */
function formFaults(visit: Visit, fields: Fields, ground: Ground): { faults: Fault[]; completed: Fields | null } {
  const faults: Fault[] = [];
  const { fieldOf } = announcementOf(fields, ground.register);
  let completed = fields;
  for (;;) {
    const { error } = announcementSchema.safeParse(announcementOf(completed, ground.register).body);
    if (error === undefined) return { faults, completed };
    const found = error.issues
      .map(({ path, message }): Fault => ({ code: null, path: path.join('.'), message }))
      .filter(({ path }) => !faults.some((known) => known.path === path));
    if (found.length === 0) return { faults, completed: null };
    faults.push(...found);
    const standIns = found.map(({ path }) => standInFor(fieldOf(path), completed, visit, ground));
    completed = standIns.reduce<Fields>(fieldsWith, completed);
  }
}

/** What stands in for a field; nothing for a choice, which only who announces can make. */
function standInFor(field: string | null, fields: Fields, { now }: Visit, { product: { terms } }: Ground): Fields {
  if (field === null) return {};
  if (field === 'plannedActivationOn') {
    return { [field]: dayIn(terms.timeZone, now).add({ years: 1 }).toString() };
  }
  if (field.startsWith('upstream.')) {
    const all = Object.keys(fields).filter((name) => name.startsWith('upstream.'));
    return Object.fromEntries(all.map((name) => [name, '']));
  }
  if (field.endsWith('.country')) return { [field]: 'DK' };
  if (field.endsWith('.email')) return { [field]: 'afventer@example.com' };
  if (/^(?:holdMinutes|listedInTerms|subProcessor\.parentId|.+\.en)$/.test(field)) return { [field]: '' };
  return /^(?:subProcessor|reason|separation)\.|\.certifiedAs$/.test(field) ? { [field]: 'Afventer' } : {};
}

/** Before it is chosen whose facts are amended, nothing of them has to be typed. */
function isToBeTyped({ step, field }: FaultInWords, fields: Fields, wrong: ReadonlySet<string | null>): boolean {
  if (kindOf(fields) !== 'amendment' || !wrong.has('entry')) return true;
  return field === 'entry' || (step !== 'company' && step !== 'places');
}

/** As the forms ask for it; last what is of no field. */
function inOrder(faults: readonly FaultInWords[]): FaultInWords[] {
  const place = ({ field }: FaultInWords) => (field === null ? LABELLED.length : LABELLED.indexOf(labelledAs(field)));
  return faults.toSorted((a, b) => place(a) - place(b));
}
