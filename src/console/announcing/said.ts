import { elementName } from '../../domain/element-words.ts';
import type { ChangeElement } from '../../domain/regime.ts';
import type { RegisterEntry } from '../../domain/register.ts';
import { isSimilarName } from '../../domain/similar-names.ts';
import type { Language } from '../../domain/text.ts';
import { countryName, dateInWords, inSeries } from '../../domain/wording.ts';
import { typedIn, type Fields } from './fields.ts';
import { needOf } from './places.ts';
import { textsIn } from './texts.ts';
import type { Said } from './texts-shape.ts';

/** What the words of faults and warnings are made of, as far as it is known. */
interface Known {
  readonly register: readonly RegisterEntry[];
  readonly preview: {
    readonly earliestPlannedActivationOn: string;
    readonly controllers: { readonly withoutContact: number; readonly withoutApprover: number | null };
    readonly notices: { readonly byLanguage: { readonly en: number } };
    readonly elements: readonly Pick<ChangeElement, 'element' | 'regime'>[];
  } | null;
}

const TRANSLATED = ['reason', 'subProcessor.processing', 'subProcessor.personalData'] as const;

/** What a fault or a warning names: of the field that it is about, and of the whole announcement. */
export function saidOf(
  fields: Fields,
  { register, preview }: Known,
  language: Language,
): (field: string | null) => Said {
  const t = textsIn(language);
  const nameOf = (id: string) => register.find((entry) => entry.id === id)?.name ?? '';
  const company = typedIn(fields, 'subProcessor.name');
  const untranslated = TRANSLATED.filter(
    (text) => typedIn(fields, `${text}.da`) !== '' && typedIn(fields, `${text}.en`) === '',
  );
  const waiting = (preview?.elements ?? []).filter(({ regime }) => !regime.approval).map(({ element }) => element);
  const similar = register
    .filter(({ name }) => company !== '' && name !== company && isSimilarName(company, name))
    .map(({ name }) => name);
  return (field) => {
    const [first, second = '', third = ''] = (field ?? '').split('.');
    const country = first === 'entries' ? third : typedIn(fields, `places.${second}.country`);
    return {
      country: country === '' ? '' : countryName(country, language),
      need: country === '' ? null : needOf(country),
      company: company || nameOf(typedIn(fields, 'entry')),
      child: first === 'children' ? nameOf(second) : '',
      entry: nameOf(first === 'entries' || first === 'children' ? second : typedIn(fields, 'entry')),
      earliest:
        preview === null ? '' : dateInWords(Temporal.PlainDate.from(preview.earliestPlannedActivationOn), language),
      planned: plannedInWords(fields, language),
      withoutContact: preview?.controllers.withoutContact ?? 0,
      withoutApprover: preview?.controllers.withoutApprover ?? 0,
      similar: inSeries(similar, language),
      untranslated: inSeries(
        untranslated.map((text) => t.texts[text]),
        language,
      ),
      waiting: inSeries([...new Set(waiting.map((element) => elementName(element, language)))], language),
      inEnglish: preview?.notices.byLanguage.en ?? 0,
    };
  };
}

/** The planned day in words; as it is typed where it is none. */
function plannedInWords(fields: Fields, language: Language): string {
  const typed = typedIn(fields, 'plannedActivationOn');
  try {
    return dateInWords(Temporal.PlainDate.from(typed), language);
  } catch {
    return typed;
  }
}
