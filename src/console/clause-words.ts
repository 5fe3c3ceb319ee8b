import type { ChangeElement, Clause } from '../domain/regime.ts';
import { clauseInWords } from '../domain/element-words.ts';
import type { Language } from '../domain/text.ts';

type OneClause = Exclude<Clause, 'B.1, B.2'>;

/** What the clauses say that decide what a change needs, in short (docs/contract.md). The contract itself holds. */
const TEXTS: Readonly<Record<Language, { readonly heading: string } & Readonly<Record<OneClause, string>>>> = {
  da: {
    heading: 'Hvad punkterne i aftalen siger',
    'B.1':
      'Hver underdatabehandler er godkendt til den behandling, der er beskrevet. Bruges den til en anden behandling, eller bruges en anden til den samme, kræver det kundens skriftlige godkendelse.',
    'B.2':
      'Når en underdatabehandler kommer til eller udskiftes, kan kunden gøre skriftlig indsigelse inden fristen efter underretningen. Indsigelsen skal indeholde kundens specifikke grunde.',
    'C.5':
      'Behandlingen må ikke uden kundens forudgående skriftlige godkendelse ske andre steder end dem, der er nævnt i aftalen.',
    'C.6':
      'En overførsel til et land uden for EØS skal have et grundlag efter databeskyttelsesforordningens kapitel V.',
    'Op. 22/2024':
      'Det Europæiske Databeskyttelsesråd: kunden skal til enhver tid kende hver underdatabehandlers navn, adresse og kontaktperson. Det skal oplyses, men ikke godkendes.',
  },
  en: {
    heading: 'What the clauses of the agreement say',
    'B.1':
      'Each sub-processor is approved for the processing that is described. To use it for another, or another one for the same, takes the customer’s written approval.',
    'B.2':
      'When a sub-processor is added or replaced, the customer can object in writing within the time limit from the notification. The objection must contain the customer’s specific reasons.',
    'C.5':
      'Without the customer’s prior written approval, processing may not take place elsewhere than at the places that the agreement lists.',
    'C.6': 'A transfer to a country outside the EEA needs a basis under chapter V of the GDPR.',
    'Op. 22/2024':
      'The European Data Protection Board: the customer has to know each sub-processor’s name, address and contact person at any time. They are told, and not approved.',
  },
};

/** What each clause says that elements of a change rest on, each once; the part `/console/views/parts/clauses` shows it. */
export function clausesOf(elements: readonly Pick<ChangeElement, 'clause'>[], language: Language) {
  const { heading, ...texts } = TEXTS[language];
  const cited = new Set(elements.flatMap(({ clause }) => clause.split(', ') as OneClause[]));
  const clauses = (Object.keys(texts) as OneClause[]).filter((clause) => cited.has(clause));
  return {
    heading,
    facts: clauses.map((clause) => ({
      name: clauseInWords(clause, language).replace(/^./u, (first) => first.toUpperCase()),
      value: texts[clause],
    })),
  };
}
