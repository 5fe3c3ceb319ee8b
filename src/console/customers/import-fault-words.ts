import type { Language } from '../../domain/text.ts';
import { asSentence } from './warning-words.ts';

/** What is wrong with a file of customers or with one of its rows, by how the API says it. */
const DANISH: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^Expected text, found none/, () => 'Der mangler noget her.'],
  [/^Expected at most (\d+) characters/, (most) => `Det er for langt: højst ${most} tegn.`],
  [/^Expected one line/, () => 'Det skal stå på én linje.'],
  [/^Expected no hidden characters/, () => 'Der er et tegn, som ingen kan se. Skriv cellen forfra.'],
  [/^Expected whole characters/, () => 'Et tegn er ødelagt. Skriv cellen forfra.'],
  [/^Expected an address like/, () => 'Det er ikke en e-mailadresse som dpo@kunde.dk.'],
  [/^Expected 1 to 100 characters without spaces/, () => 'Et kundenummer har højst 100 tegn og intet mellemrum.'],
  [/^Expected ja or nej/, () => 'Skriv ja eller nej.'],
  [/^Invalid option|^Expected da or en/, () => 'Skriv da eller en.'],
  [/^Expected a key of letters/, () => 'Et navn på en oplysning er bogstaver, tal, mellemrum, punktum og bindestreg.'],
  [/^Expected at most 20 keys/, () => 'Der er plads til 20 andre oplysninger.'],
  [/^Expected each product once/, () => 'Hvert produkt skrives én gang.'],
  [/^Expected lower-case letters/, () => 'Et produkts id er små bogstaver, tal og bindestreger.'],
  [/^There is no product (.*)$/s, (product) => `Der er intet produkt med id’et ${product}.`],
  [/^Expected at least one contact/, () => 'Kunden skal have mindst én kontakt.'],
  [
    /^Expected each address once: line (\d+) has it for (.*)$/s,
    (line, who) => `Række ${line} har adressen til ${who}.`,
  ],
  [/^Expected each address once/, () => 'Hver adresse skrives én gang.'],
  [/^Expected at least one product/, () => 'Kunden skal have mindst ét produkt. Udelad en kunde, der intet har.'],
  [/^Expected at most (\d+) cells/, (most) => `Rækken har flere celler end overskriften, som har ${most}.`],
  [/^Expected what line (\d+) says/, (line) => `Række ${line} siger noget andet om samme kunde.`],
  [/^Expected a second quote/, () => 'Et anførselstegn bliver ikke afsluttet.'],
  [
    /^Expected a (?:row|line) of at most/,
    () => 'Rækken er for lang, måske fordi et anførselstegn ikke bliver afsluttet.',
  ],
  [/^Expected UTF-8/, () => 'Rækken er ikke gemt som UTF-8.'],
  [/^Expected a column (\S+) for/, (column) => `Filen har ingen kolonne, der hedder ${column}.`],
  [
    /^Expected a column (.*?) or (.*?), or one/s,
    (one, other) => `Filen mangler en kolonne, der hedder ${one} eller ${other}.`,
  ],
  [/^Expected field:column/, () => 'Skriv felt:kolonne, adskilt af kommaer.'],
  [/^Expected each field and each column once/, () => 'Hvert felt og hver kolonne skrives én gang.'],
  [/^Expected a first row/, () => 'Første række skal have navne på kolonnerne.'],
  [/^Expected an Excel workbook/, () => 'Filen er ikke en Excel-projektmappe (.xlsx), der kan læses.'],
  [/^Expected a workbook of at most/, () => 'Projektmappen er for stor, når den pakkes ud. Gem den som CSV.'],
  [/^(\d+) more lines were rejected/, (count) => `${count} flere rækker kan ikke gemmes. Ret de viste, og prøv igen.`],
];

/** A fault of a file of customers for who reads the page; in English in the API's own words. */
export function importFaultInWords(message: string, language: Language): string {
  if (language === 'en') return asSentence(message);
  for (const [pattern, words] of DANISH) {
    const found = pattern.exec(message);
    if (found !== null) return words(...found.slice(1));
  }
  return 'Det kan ikke bruges, som det står.';
}
