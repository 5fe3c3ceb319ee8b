import type { Language } from '../../domain/text.ts';

/** A fault in the words of a page, of what the API's message names. */
type Words = Readonly<Record<Language, (...found: string[]) => string>>;

const said = (da: string, en: string): Words => ({ da: () => da, en: () => en });

const KEY = said(
  'Navnet på en oplysning er højst 50 bogstaver, tal, mellemrum, punktummer og bindestreger.',
  'The name of a fact is at most 50 letters, digits, spaces, dots and hyphens.',
);

/** What is wrong with a file of customers or with one of its rows, by how the API says it. */
const FAULTS: readonly (readonly [RegExp, Words])[] = [
  [/^Expected text, found none|received undefined$/, said('Der mangler noget her.', 'Something is missing here.')],
  [
    /^Expected at most (\d+) characters/,
    {
      da: (most) => `Det er for langt: højst ${most} tegn.`,
      en: (most) => `It is too long: at most ${most} characters.`,
    },
  ],
  [/^Expected one line/, said('Det skal stå på én linje.', 'It has to stand on one line.')],
  [
    /^Expected no hidden characters/,
    said(
      'Der er et tegn, som ingen kan se. Skriv cellen forfra.',
      'There is a character that nobody can see. Type the cell anew.',
    ),
  ],
  [
    /^Expected an address like/,
    said('Det er ikke en e-mailadresse som dpo@kunde.dk.', 'It is not an e-mail address like dpo@customer.example.'),
  ],
  [
    /^Expected 1 to 100 characters without spaces/,
    said(
      'Et kundenummer har højst 100 tegn, intet mellemrum og ingen af tegnene / \\ ? # %.',
      'A customer number has at most 100 characters, no spaces, and none of / \\ ? # %.',
    ),
  ],
  [/^Expected ja or nej/, said('Skriv ja eller nej.', 'Write yes or no.')],
  [/^Invalid option/, said('Skriv da eller en.', 'Write da or en.')],
  [/^Expected a key of letters|^Invalid key/, KEY],
  [/^Expected at most 20 keys/, said('Der er plads til 20 andre oplysninger.', 'There is room for 20 other facts.')],
  [
    /^Too big: expected array .*<=(\d+) items/,
    { da: (most) => `Der er plads til ${most}.`, en: (most) => `There is room for ${most}.` },
  ],
  [/^Expected each product once/, said('Hvert produkt skrives én gang.', 'Write each product once.')],
  [
    /^Expected lower-case letters/,
    said(
      'Et produkts id er små bogstaver, tal og bindestreger.',
      'The id of a product is lower-case letters, digits and hyphens.',
    ),
  ],
  [
    /^There is no product (.*)$/s,
    {
      da: (product) => `Der er intet produkt med id’et ${product}.`,
      en: (product) => `There is no product with the id ${product}.`,
    },
  ],
  [
    /^Expected a product that the controller has an agreement for/,
    said(
      'Kunden har ingen aftale om det produkt, som vilkårene er for.',
      'The customer has no agreement for the product that the terms are for.',
    ),
  ],
  [
    /^Expected at least one contact/,
    said('Kunden skal have mindst én kontakt.', 'A customer needs at least one contact.'),
  ],
  [
    /^Expected each address once: line (\d+) has it for (.*)$/s,
    {
      da: (line, who) => `Række ${line} har adressen til ${who}.`,
      en: (line, who) => `Row ${line} has the address for ${who}.`,
    },
  ],
  [/^Expected each address once/, said('Hver adresse skrives én gang.', 'Write each address once.')],
  [
    /^Expected at least one product/,
    said(
      'Kunden skal have mindst ét produkt. Udelad en kunde, der intet har.',
      'A customer needs at least one product. Leave out a customer that has none.',
    ),
  ],
  [
    /^Expected at most (\d+) cells/,
    {
      da: (most) => `Rækken har flere celler end overskriften, som har ${most}.`,
      en: (most) => `The row has more cells than the first row, which has ${most}.`,
    },
  ],
  [
    /^Expected what line (\d+) says/,
    {
      da: (line) => `Række ${line} siger noget andet om samme kunde.`,
      en: (line) => `Row ${line} says something else about the same customer.`,
    },
  ],
  [
    /^Expected what was typed: the spreadsheet has rounded/,
    said(
      'Regnearket har afrundet tallet. Formatér kolonnen som tekst, og skriv tallet forfra.',
      'The spreadsheet has rounded the number. Format the column as text, and type the number anew.',
    ),
  ],
  [
    /^Expected what was typed/,
    said(
      'Regnearket har gjort det til et decimaltal. Formatér kolonnen som tekst.',
      'The spreadsheet has made it a decimal number. Format the column as text.',
    ),
  ],
  [
    /^Expected a value: the spreadsheet shows an error/,
    said('Regnearket viser en fejl her.', 'The spreadsheet shows an error here.'),
  ],
  [/^Expected a second quote/, said('Et anførselstegn bliver ikke afsluttet.', 'A quotation mark is never closed.')],
  [
    /^Expected a (?:row|line) of at most/,
    said(
      'Rækken er for lang, måske fordi et anførselstegn ikke bliver afsluttet.',
      'The row is too long, perhaps because a quotation mark is never closed.',
    ),
  ],
  [/^Expected UTF-8/, said('Rækken er ikke gemt som UTF-8.', 'The row is not saved as UTF-8.')],
  [
    /^Expected a column (\S+) for/,
    {
      da: (column) => `Filen har ingen kolonne, der hedder ${column}.`,
      en: (column) => `The file has no column called ${column}.`,
    },
  ],
  [
    /^Expected a column (.*?) or (.*?), or one/s,
    {
      da: (one, other) => `Filen mangler en kolonne, der hedder ${one} eller ${other}.`,
      en: (one, other) => `The file lacks a column called ${one} or ${other}.`,
    },
  ],
  [
    /^Expected a column (.*?), or one/s,
    {
      da: (column) => `Filen mangler en kolonne, der hedder ${column}.`,
      en: (column) => `The file lacks a column called ${column}.`,
    },
  ],
  [
    /^Expected field:column/,
    said('Skriv felt:kolonne, adskilt af kommaer.', 'Write field:column, separated by commas.'),
  ],
  [
    /^Expected each field and each column once/,
    said('Hvert felt og hver kolonne skrives én gang.', 'Write each field and each column once.'),
  ],
  [
    /^Expected a first row/,
    said('Første række skal have navne på kolonnerne.', 'The first row has to have the names of the columns.'),
  ],
  [
    /^Expected an Excel workbook/,
    said(
      'Filen er ikke en Excel-projektmappe (.xlsx), der kan læses.',
      'The file is no Excel workbook (.xlsx) that can be read.',
    ),
  ],
  [
    /^Expected a workbook of at most/,
    said(
      'Projektmappen er for stor, når den pakkes ud. Gem den som CSV.',
      'The workbook is too large when it is unpacked. Save it as CSV.',
    ),
  ],
  [
    /^(\d+) more lines were rejected/,
    {
      da: (count) => `${count} flere rækker kan ikke gemmes. Ret de viste, og prøv igen.`,
      en: (count) => `${count} more rows cannot be saved. Correct those that are shown, and try again.`,
    },
  ],
];

const OTHER = said('Det kan ikke bruges, som det står.', 'It cannot be used as it stands.');

/** A fault of a file of customers for who reads the page. */
export function importFaultInWords(message: string, language: Language): string {
  for (const [pattern, words] of FAULTS) {
    const found = pattern.exec(message);
    if (found !== null) return words[language](...found.slice(1));
  }
  return OTHER[language]();
}
