import type { ActivatedChange, ChangeContent, ChangeKind } from './change.ts';
import { companiesOf, replacedBy } from './effect.ts';
import { elementInSentence } from './element-words.ts';
import { dayIn } from './instant.ts';
import { oneLine, type Language } from './text.ts';
import { dayInWords, inSeries } from './wording.ts';

type ToldChange = Pick<ChangeContent, 'kind' | 'effects' | 'elements' | 'wordingOnly' | 'productName'>;

const KINDS: Readonly<Record<Language, Readonly<Record<ChangeKind, string>>>> = {
  da: {
    addition: 'ny underdatabehandler',
    replacement: 'udskiftning af underdatabehandler',
    amendment: 'ændring hos en underdatabehandler',
    removal: 'en underdatabehandler udgår',
    'transfer-basis': 'nyt overførselsgrundlag',
  },
  en: {
    addition: 'new sub-processor',
    replacement: 'replacement of a sub-processor',
    amendment: 'change at a sub-processor',
    removal: 'a sub-processor leaves',
    'transfer-basis': 'new transfer basis',
  },
};

/** What kind of change it is, for a heading: "udskiftning af underdatabehandler". */
export function kindInWords(kind: ChangeKind, language: Language): string {
  return KINDS[language][kind];
}

/** The companies that a change is about: "Google og Userflow Inc.". */
export function namesInWords(change: Pick<ChangeContent, 'kind' | 'effects'>, language: Language): string {
  return inSeries(companiesOf(change).map(oneLine), language);
}

/** A change as a phrase that ends a sentence: "the addition of Acme as a sub-processor for TrueTalk". */
export function changeInWords(change: ToldChange, language: Language): string {
  const { kind, productName } = change;
  const name = namesInWords(change, language);
  const replaced = oneLine(replacedBy(change) ?? '');
  const danish = language === 'da';
  const at = danish ? `ved levering af ${productName}` : `for ${productName}`;
  const role = danish ? `som underdatabehandler ${at}` : `as a sub-processor ${at}`;
  switch (kind) {
    case 'addition':
      return danish ? `tilføjelse af ${name} ${role}` : `the addition of ${name} ${role}`;
    case 'replacement':
      return danish
        ? `udskiftning af ${replaced} med ${name} ${role}`
        : `the replacement of ${replaced} by ${name} ${role}`;
    case 'amendment': {
      const what = amendedInWords(change, language);
      return danish
        ? `en ændring hos underdatabehandleren ${name} (${what}) ${at}`
        : `a change at the sub-processor ${name} (${what}) ${at}`;
    }
    case 'removal':
      return danish ? `fjernelse af ${name} ${role}` : `the removal of ${name} ${role}`;
    case 'transfer-basis':
      return danish ? `nyt overførselsgrundlag for ${name} ${at}` : `a new transfer basis for ${name} ${at}`;
  }
}

/** What of an entry changes: "beskrivelse af behandlingen og behandlingssted", or only the wording of it. */
function amendedInWords({ elements, wordingOnly }: ToldChange, language: Language): string {
  const wording = { da: ', kun ordlyden', en: ', wording only' }[language];
  const named = elements.map(({ element }) => {
    const isWording = wordingOnly.some((each) => each === element);
    return `${elementInSentence(element, language)}${isWording ? wording : ''}`;
  });
  return inSeries([...new Set(named)], language);
}

/** The same for a subject, without the product. `shown` shortens names. */
export function changeInShort(
  change: Pick<ChangeContent, 'kind' | 'effects'>,
  language: Language,
  shown: (name: string) => string = oneLine,
): string {
  const name = shown(namesInWords(change, language));
  const replaced = shown(replacedBy(change) ?? '');
  const danish = language === 'da';
  switch (change.kind) {
    case 'addition':
      return danish ? `ny underdatabehandler ${name}` : `new sub-processor ${name}`;
    case 'replacement':
      return danish ? `${name} erstatter underdatabehandler ${replaced}` : `${name} replaces sub-processor ${replaced}`;
    case 'amendment':
      return danish ? `ændring hos underdatabehandler ${name}` : `change at sub-processor ${name}`;
    case 'removal':
      return danish ? `underdatabehandler ${name} udgår` : `sub-processor ${name} leaves`;
    case 'transfer-basis':
      return danish ? `nyt overførselsgrundlag for ${name}` : `new transfer basis for ${name}`;
  }
}

/** What the processor is about to do, after "may": "engage Acme", "carry out the change". */
export function deedInWords(change: Pick<ChangeContent, 'kind' | 'effects'>, language: Language): string {
  const name = namesInWords(change, language);
  if (change.kind === 'addition' || change.kind === 'replacement')
    return language === 'da' ? `tage ${name} i brug` : `engage ${name}`;
  return language === 'da' ? 'gennemføre ændringen' : 'carry out the change';
}

/** What is true of each company from the day that a change is in force, in whole sentences. */
export function outcomesInWords(change: ActivatedChange, language: Language): string[] {
  const { effects, productName, activatedAt, terms } = change;
  const danish = language === 'da';
  const day = dayInWords(dayIn(terms.timeZone, activatedAt), language);
  return effects.flatMap(({ act, from: before, to }) => {
    const [former, coming] = [before, to].map((side) => oneLine(side?.company.name ?? ''));
    const leaves = danish ? `${former} er udgået af listen.` : `${former} has been removed from the list.`;
    const enters = danish
      ? `Fra og med ${day} står ${coming} på listen over godkendte underdatabehandlere i ${productName}.`
      : `From ${day}, ${coming} is on the list of approved sub-processors for ${productName}.`;
    switch (act) {
      case 'enters':
        return [enters];
      case 'replaces':
        return [enters, leaves];
      case 'amends':
        return [
          danish
            ? `De nye oplysninger om ${coming} gælder fra og med ${day}.`
            : `The new details of ${coming} apply from ${day}.`,
        ];
      case 'leaves':
        return [
          danish
            ? `Fra og med ${day} står ${former} ikke længere på listen over godkendte underdatabehandlere i ${productName}.`
            : `From ${day}, ${former} is no longer on the list of approved sub-processors for ${productName}.`,
        ];
    }
  });
}
