import { elementInSentence, elementName } from '../domain/element-words.ts';
import type { ChangeElement, ElementValue } from '../domain/regime.ts';
import { oneLine, passage, type Language, type Passage, type Text } from '../domain/text.ts';
import type { Location } from '../domain/transfer-basis.ts';
import { countryName, inSeries, placeInWords } from '../domain/wording.ts';
import type { PublicChange, PublicEffect } from './record.ts';
import { registerTextsIn } from './texts.ts';

/** What can have happened to a change; `begun`: it is in force for some customers. */
export type ToldStage = PublicChange['status'] | 'begun';

/** What has happened to a change, or is planned, on one line: "Planned: Acme will replace Userflow Inc.". */
export function titleOf({ kind, effects }: PublicChange, stage: ToldStage, language: Language): string {
  const about = kind === 'transfer-basis' ? effects : effects.slice(0, 1);
  const names = inSeries(
    about.map(({ name }) => oneLine(name)),
    language,
  );
  const replaced = oneLine(effects[0]?.from?.name ?? '');
  const changed = kind === 'amendment' ? (effects[0]?.elements ?? []) : [];
  const what = [...new Set(changed.map(({ element }) => elementInSentence(element, language)))];
  const details = what.length === 0 ? '' : ` (${inSeries(what, language)})`;
  return registerTextsIn(language).event[stage][kind](names + details, replaced);
}

/** What a change needs of customers, in sentences. */
export function regimeInWords({ regime: { objection, approval } }: PublicChange, language: Language): string {
  const { regime: t } = registerTextsIn(language);
  if (approval) return objection ? t.both : t.approval;
  return objection ? t.objection : t.information;
}

/** One thing that changes of a company, in words: what it is, and what it shall be. */
export interface Difference {
  readonly label: string;
  readonly from: Passage;
  readonly to: Passage;
}

/**
 * What becomes of one company, in words: nothing of one that enters, whose facts are shown whole. `processor` is the name of who
 * engages a company without a parent.
 */
export function differencesOf(effect: PublicEffect, processor: string, language: Language): Difference[] {
  if (effect.act !== 'amends') return [];
  return effect.elements.map((each) => {
    const parents = { from: effect.from?.parentName ?? processor, to: effect.to?.parentName ?? processor };
    const valueIn = (side: 'from' | 'to') =>
      each.element === 'parentId'
        ? { text: oneLine(parents[side]), lang: language }
        : valueInWords(each.element, each[side], language);
    return { label: elementName(each.element, language), from: valueIn('from'), to: valueIn('to') };
  });
}

function valueInWords(element: ChangeElement['element'], value: ElementValue, language: Language): Passage {
  const { nothing, unstated } = registerTextsIn(language).change;
  if (value === null) return { text: element === 'place' ? nothing : unstated, lang: language };
  if (typeof value === 'string')
    return { text: element === 'country' ? countryName(value, language) : oneLine(value), lang: language };
  if (element === 'processing' || element === 'personalData') return passage(value as Text, language);
  return { text: placeInWords(value as Location, language), lang: language };
}
