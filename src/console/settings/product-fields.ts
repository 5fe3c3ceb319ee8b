import { RETENTION } from '../../domain/retention.ts';
import type { SecondPersonAct } from '../../domain/proposal.ts';
import { APPROVAL_TERMS } from '../../domain/terms.ts';
import { oneLine, type Language } from '../../domain/text.ts';
import { countryName, inSeries } from '../../domain/wording.ts';
import { textOf, textsOf } from '../form-faults.ts';
import type { Form } from '../visit.ts';

const RETENTION_FIELDS = Object.keys(RETENTION) as (keyof typeof RETENTION)[];
const NEEDS = ['placesNeedApproval', 'activitiesNeedApproval', 'replacementsNeedApproval'] as const;
const TICKS = ['rollForward', ...NEEDS] as const;
const TEXTS = [
  'id',
  'name',
  'processorName',
  'processorNumber',
  'processorAddress',
  'windowDays',
  'timeZone',
  'minimumDays',
  'objectionEmail',
  'objectionPostal',
  'answerDays',
  'effectiveHours',
  'places',
  'holdMinutes',
  'withdrawalDelayHours',
  'officersAddress',
  'reason',
] as const;

type TextField = (typeof TEXTS)[number] | keyof typeof RETENTION;
/** A product's form as it was typed, or as the product stands. */
export type TypedProduct = Readonly<Record<TextField, string>> &
  Readonly<Record<(typeof TICKS)[number], boolean>> & {
    readonly version: string;
    readonly secondPerson: readonly string[];
  };

/** A product as the API shows it. */
export interface ShownProduct {
  readonly id: string;
  readonly name: string;
  readonly processor: { readonly name: string; readonly registrationNumber: string; readonly address: string };
  readonly terms: {
    readonly objectionWindowDays: number;
    readonly timeZone: string;
    readonly rollForward: boolean;
    readonly placesNeedApproval: boolean;
    readonly activitiesNeedApproval: boolean;
    readonly replacementsNeedApproval: boolean;
    readonly approvalAnswerDays: number;
    readonly approvalEffectiveAfterHours: number;
    readonly places: readonly { readonly company: string; readonly country: string }[];
  };
  readonly contractMinimum: { readonly objectionWindowDays: number; readonly timeZone: string } | null;
  readonly objectionAddress: { readonly email: string; readonly postal: string };
  readonly withdrawalDelayHours: number;
  readonly holdMinutes: number;
  readonly officersAddress: string | null;
  readonly retention: typeof RETENTION;
  readonly secondPerson: readonly SecondPersonAct[];
}

/** Places that terms list, for who reads them: "Gintel AS (Norge) og Google (USA)". */
export function placesInWords(places: ShownProduct['terms']['places'], language: Language): string {
  return inSeries(
    places.map(({ company, country }) => `${oneLine(company)} (${countryName(country, language)})`),
    language,
  );
}

/** Which field shows the faults of which path of the API. */
export const FIELD_OF: Readonly<Record<string, string>> = {
  product: 'id',
  'processor.name': 'processorName',
  'processor.registrationNumber': 'processorNumber',
  'processor.address': 'processorAddress',
  'terms.objectionWindowDays': 'windowDays',
  'terms.timeZone': 'timeZone',
  'terms.approvalAnswerDays': 'answerDays',
  'terms.approvalEffectiveAfterHours': 'effectiveHours',
  'terms.places': 'places',
  terms: 'windowDays',
  contractMinimum: 'minimumDays',
  'objectionAddress.email': 'objectionEmail',
  'objectionAddress.postal': 'objectionPostal',
  ...Object.fromEntries(RETENTION_FIELDS.map((field) => [`retention.${field}`, field])),
};

export function typedProduct(form: Form): TypedProduct {
  return {
    ...(Object.fromEntries([...TEXTS, ...RETENTION_FIELDS].map((field) => [field, textOf(form, field)])) as Record<
      TextField,
      string
    >),
    ...(Object.fromEntries(TICKS.map((field) => [field, textOf(form, field) === 'true'])) as Record<
      (typeof TICKS)[number],
      boolean
    >),
    version: textOf(form, 'version'),
    secondPerson: textsOf(form, 'secondPerson'),
  };
}

/** A new product's form: what B.1 and C.5 demand, and what is kept for how long unless said otherwise. */
export function blankProduct(): TypedProduct {
  const terms = {
    ...APPROVAL_TERMS,
    objectionWindowDays: 10,
    timeZone: 'Europe/Copenhagen',
    rollForward: false,
  };
  const nobody = { name: '', registrationNumber: '', address: '' };
  const product = { id: '', name: '', processor: nobody, terms, contractMinimum: null, officersAddress: null };
  const objectionAddress = { email: '', postal: '' };
  return standingProduct(
    { ...product, objectionAddress, withdrawalDelayHours: 24, holdMinutes: 0, retention: RETENTION, secondPerson: [] },
    '',
  );
}

export function standingProduct(product: ShownProduct, version: string): TypedProduct {
  const { terms, processor, objectionAddress, retention } = product;
  return {
    version,
    id: product.id,
    name: product.name,
    processorName: processor.name,
    processorNumber: processor.registrationNumber,
    processorAddress: processor.address,
    windowDays: String(terms.objectionWindowDays),
    timeZone: terms.timeZone,
    minimumDays: String(product.contractMinimum?.objectionWindowDays ?? ''),
    objectionEmail: objectionAddress.email,
    objectionPostal: objectionAddress.postal,
    answerDays: String(terms.approvalAnswerDays),
    effectiveHours: String(terms.approvalEffectiveAfterHours),
    places: terms.places.map(({ company, country }) => `${company}, ${country}`).join('\n'),
    holdMinutes: String(product.holdMinutes),
    withdrawalDelayHours: String(product.withdrawalDelayHours),
    officersAddress: product.officersAddress ?? '',
    reason: '',
    secondPerson: product.secondPerson,
    rollForward: terms.rollForward,
    ...(Object.fromEntries(NEEDS.map((field) => [field, terms[field]])) as Record<(typeof NEEDS)[number], boolean>),
    ...(Object.fromEntries(RETENTION_FIELDS.map((field) => [field, String(retention[field])])) as Record<
      keyof typeof RETENTION,
      string
    >),
  };
}

/** What is sent of a product. What is no number is refused as such by the API. */
export function productBody(typed: TypedProduct) {
  const { timeZone } = typed;
  return {
    name: typed.name,
    processor: {
      name: typed.processorName,
      registrationNumber: typed.processorNumber,
      address: typed.processorAddress,
    },
    terms: {
      objectionWindowDays: numberIn(typed.windowDays),
      timeZone,
      rollForward: typed.rollForward,
      ...Object.fromEntries(NEEDS.map((field) => [field, typed[field]])),
      approvalAnswerDays: numberIn(typed.answerDays),
      approvalEffectiveAfterHours: numberIn(typed.effectiveHours),
      places: placesIn(typed.places),
    },
    contractMinimum: typed.minimumDays === '' ? null : { objectionWindowDays: numberIn(typed.minimumDays), timeZone },
    objectionAddress: { email: typed.objectionEmail, postal: typed.objectionPostal },
    withdrawalDelayHours: numberIn(typed.withdrawalDelayHours),
    holdMinutes: numberIn(typed.holdMinutes),
    officersAddress: typed.officersAddress === '' ? null : typed.officersAddress,
    secondPerson: typed.secondPerson,
    retention: Object.fromEntries(RETENTION_FIELDS.map((field) => [field, numberIn(typed[field])])),
    reason: typed.reason === '' ? null : typed.reason,
  };
}

/** A typed number; the text itself where it is none, also where nothing is typed. */
const numberIn = (typed: string): number | string => (typed === '' ? typed : Number(typed));

/** A place on each line: a company, a comma and a country. */
function placesIn(typed: string): { company: string; country: string }[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, company = line, country = ''] = /^(.*?)[\s,]*,\s*(\S+)$/.exec(line) ?? [];
      return { company, country: country.toUpperCase() };
    });
}
