import type { ChangeAsAnnounced } from './change.ts';
import { clauseInWords, elementName } from './element-words.ts';
import type { ChangeElement, ElementValue } from './regime.ts';
import { oneLine, passage, type Language } from './text.ts';
import { countryName, placeInWords } from './wording.ts';

type Approved = Pick<
  ChangeAsAnnounced,
  'contentHash' | 'effects' | 'elements' | 'stricter' | 'processor' | 'productName'
>;

/** The elements that a controller is asked to approve: those whose clause demands it, or all where the change was made stricter. */
function approvedElements({ elements, stricter }: Pick<Approved, 'elements' | 'stricter'>): ChangeElement[] {
  return elements.filter(({ regime }) => regime.approval || stricter.approval);
}

/**
 * What is said by who approves, in full (D42): for which controller, who may do what, element by element as it is today and shall
 * be, and of which version. Kept on record as it was read.
 */
export function approvalStatement(change: Approved, controllerName: string, language: Language): string {
  const { processor, productName, contentHash } = change;
  const [who, by, product] = [controllerName, processor.name, productName].map(oneLine);
  const version = (contentHash ?? '').slice(0, 12);
  const elements = approvedElements(change).map((element, index) =>
    elementInFull(change, element, index + 1, language),
  );
  return (
    language === 'da'
      ? [
          `${who} godkender som dataansvarlig, at ${by} gør følgende ved levering af ${product}:`,
          ...elements,
          `Godkendelsen gælder kun det, der står her (udgave ${version}).`,
        ]
      : [
          `${who}, as controller, approves that ${by} does the following in supplying ${product}:`,
          ...elements,
          `The approval covers only what is stated here (version ${version}).`,
        ]
  ).join('\n\n');
}

function elementInFull(change: Approved, element: ChangeElement, number: number, language: Language): string {
  const danish = language === 'da';
  const [from, to] = (['from', 'to'] as const).map((side) => valueInWords(change, element, side, language));
  return [
    `${number}. ${oneLine(element.company)} – ${elementName(element.element, language)} (${clauseInWords(element.clause, language)})`,
    `${danish ? 'I dag' : 'Today'}: ${from}`,
    `${danish ? 'Fremover' : 'From then on'}: ${to}`,
  ].join('\n');
}

function valueInWords(
  { effects, processor }: Approved,
  { element, entry, ...values }: ChangeElement,
  side: 'from' | 'to',
  language: Language,
): string {
  const value = values[side];
  if (element === 'parentId') {
    const chain = effects.find((effect) => effect.entry === entry)?.[side]?.chain ?? [];
    return oneLine(chain.at(-1) ?? processor.name);
  }
  if (value === null) return noneInWords(element, language);
  return inWords(value, element, language);
}

function inWords(value: NonNullable<ElementValue>, element: ChangeElement['element'], language: Language): string {
  if (typeof value === 'string') return element === 'country' ? countryName(value, language) : oneLine(value);
  if ('country' in value) return placeInWords(value, language);
  if ('email' in value) return `${oneLine(value.name)}, ${value.email}`;
  return passage(value, language).text;
}

function noneInWords(element: ChangeElement['element'], language: Language): string {
  const danish = language === 'da';
  if (element === 'place') return danish ? 'intet behandlingssted der' : 'no place of processing there';
  if (element === 'company') return danish ? 'ikke underdatabehandler' : 'not a sub-processor';
  return danish ? 'ikke oplyst' : 'not stated';
}
