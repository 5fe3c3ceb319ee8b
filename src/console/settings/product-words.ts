import { RETENTION } from '../../domain/retention.ts';
import { SECOND_PERSON_ACTS, type SecondPersonAct } from '../../domain/proposal.ts';
import type { Language } from '../../domain/text.ts';
import { inSeries } from '../../domain/wording.ts';
import { FIELD_OF, type TypedProduct } from './product-fields.ts';
import { settingsWords } from './texts.ts';

/** The fields of a product's form, in its order, but for who may do what alone. */
const FIELDS = [
  'name',
  'processorName',
  'processorNumber',
  'processorAddress',
  'windowDays',
  'timeZone',
  'rollForward',
  'minimumDays',
  'objectionEmail',
  'objectionPostal',
  'placesNeedApproval',
  'activitiesNeedApproval',
  'replacementsNeedApproval',
  'answerDays',
  'effectiveHours',
  'places',
  'holdMinutes',
  'withdrawalDelayHours',
  'officersAddress',
  ...(Object.keys(RETENTION) as (keyof typeof RETENTION)[]),
] as const;

/** What takes two people, in one sentence: "At varsle en ændring og at give en rolle". */
export function actsInWords(acts: readonly SecondPersonAct[], language: Language): string {
  const { acts: words } = settingsWords(language).products;
  const names = acts.map((act) => words[act].name.replace(/^./u, (first) => first.toLowerCase()));
  return inSeries(names, language).replace(/^./u, (first) => first.toUpperCase());
}

type Field = (typeof FIELDS)[number];

/** What each field is called that is a path of the API by itself. */
const PATHS: Readonly<Record<string, string>> = {
  ...FIELD_OF,
  ...Object.fromEntries(FIELDS.flatMap((field) => [field, `terms.${field}`].map((path) => [path, field]))),
  'contractMinimum.objectionWindowDays': 'minimumDays',
};

/** What a term of a product is called, by its path in the API: "terms.timeZone"; `null` of what its form does not have. */
export function nameOfTerm(path: string, language: Language): string | null {
  if (path === 'secondPerson') return settingsWords(language).products.secondPersonFor;
  const field = FIELDS.find((each) => each === PATHS[path]);
  return field === undefined ? null : nameOf(field, language);
}

function nameOf(field: Field, language: Language): string {
  const { products: t } = settingsWords(language);
  return field.startsWith('processor') ? `${t.processor}: ${t[field]}` : t[field];
}

/** What a product's form has, for who reads it: what each field is called, and what is in it. */
export function shownFields(typed: TypedProduct, language: Language): { name: string; value: string }[] {
  const { products: t, yes, no } = settingsWords(language);
  const textOf = (value: string | boolean) =>
    typeof value === 'boolean' ? (value ? yes : no) : value.replaceAll('\r\n', '\n') || '–';
  return [
    ...FIELDS.map((field) => ({ name: nameOf(field, language), value: textOf(typed[field]) })),
    {
      name: t.secondPerson,
      value:
        actsInWords(
          SECOND_PERSON_ACTS.filter((act) => typed.secondPerson.includes(act)),
          language,
        ) || '–',
    },
  ];
}
