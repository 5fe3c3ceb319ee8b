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
import { faultsInWords, type Fault, type FaultInWords } from './faults.ts';
import { fieldsWith, typedIn, type Fields } from './fields.ts';
import { saidOf } from './said.ts';
import { stepOfField, type FormStep } from './steps.ts';

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

/** Every fault of an announcement, and what it would do. Asks for a preview as soon as there is nothing ill-formed in it. */
export async function judge(visit: Visit, fields: Fields, { register, product }: Ground): Promise<Judged> {
  const typed = announcementOf(fields, register);
  const inWords = (faults: readonly Fault[], preview: Preview | null) => {
    const said = saidOf(fields, { register, preview }, visit.language);
    return faultsInWords(faults, fields, typed.fieldOf, said, visit.language);
  };
  const parsed = announcementSchema.safeParse(typed.body);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({ code: null, path: path.join('.'), message }));
    return { typed, announcement: null, preview: null, faults: inWords(faults, null) };
  }
  const preview = await visit.ask(previewChange, { body: { ...typed.body, product: product.id } });
  return { typed, announcement: parsed.data, preview, faults: inWords(preview.refusals, preview) };
}

/**
 * The faults of one step. What other steps have not said yet is stood in for, so that the rules can judge this one, by the code
 * that judges the whole.
 */
export async function judgeStep(visit: Visit, fields: Fields, step: FormStep, ground: Ground): Promise<FaultInWords[]> {
  const own = ({ faults }: Judged) => faults.filter((fault) => fault.step === step);
  const judged = await judge(visit, fields, ground);
  const faults = own(judged);
  if (judged.announcement !== null || faults.length > 0) return faults;
  const completed = Object.entries(standIns(visit, ground)).filter(
    ([field]) => stepOfField(field) !== step && !Object.keys(fields).some((name) => isSameField(name, field)),
  );
  return own(await judge(visit, fieldsWith(fields, Object.fromEntries(completed)), ground));
}

/** Of places one row is enough. */
const isSameField = (one: string, other: string) =>
  one === other || (one.startsWith('places.') && other.startsWith('places.'));

function standIns({ now }: Visit, { product: { terms } }: Ground): Fields {
  const planned = dayIn(terms.timeZone, now).add({ years: 1 });
  return { 'reason.da': 'Afventer', plannedActivationOn: planned.toString(), 'places.0.country': 'DK' };
}
