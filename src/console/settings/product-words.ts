import { RETENTION } from '../../domain/retention.ts';
import { SECOND_PERSON_ACTS, type SecondPersonAct } from '../../domain/proposal.ts';
import type { Language } from '../../domain/text.ts';
import { inSeries } from '../../domain/wording.ts';
import type { TypedProduct } from './product-fields.ts';
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

/** What a product's form has, for who reads it: what each field is called, and what is in it. */
export function shownFields(typed: TypedProduct, language: Language): { name: string; value: string }[] {
  const { products: t, yes, no } = settingsWords(language);
  const nameOf = (field: (typeof FIELDS)[number]) =>
    field === 'processorName' ? `${t.processor}: ${t.processorName}` : t[field];
  const textOf = (value: string | boolean) =>
    typeof value === 'boolean' ? (value ? yes : no) : value.replaceAll('\r\n', '\n') || '–';
  return [
    ...FIELDS.map((field) => ({ name: nameOf(field), value: textOf(typed[field]) })),
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
