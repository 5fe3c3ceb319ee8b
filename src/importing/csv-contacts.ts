import type { Columns, ContactField } from './csv-columns.ts';
import { found, type Candidate, type Entry, type ImportWarning, type LineFault } from './format.ts';

const LANGUAGE_WORDS: Readonly<Record<string, string>> = {
  '': 'da',
  dansk: 'da',
  danish: 'da',
  engelsk: 'en',
  english: 'en',
};

const ANSWER_WORDS: Readonly<Record<string, boolean>> = {
  ja: true,
  yes: true,
  true: true,
  sand: true,
  nej: false,
  no: false,
  false: false,
  falsk: false,
};

interface ReadContact {
  readonly email: string;
  readonly name: string;
  readonly language: string;
  /** Left out where its cell says nothing. What is neither yes nor no stays a text, which is refused. */
  readonly mayApprove?: boolean | string;
}

/** The fields of a contact by the field of the column that each comes from. */
const COLUMN_OF: Readonly<Record<string, ContactField>> = {
  email: 'email',
  name: 'contact',
  language: 'language',
  mayApprove: 'mayApprove',
};

/**
 * The contacts of rows: each row has as many as it has columns of addresses. A contact without a name is called as its controller
 * is, and without a language is Danish. The same contact twice is one, with a warning; the same address for two is a fault.
 */
export function contactsOf(
  rows: readonly (Entry & { cells: readonly string[] })[],
  columns: Columns,
  controller: string,
) {
  const contacts: ReadContact[] = [];
  const places: { line: number; contact: number }[] = [];
  const faults: (LineFault & { line: number })[] = [];
  const warnings: ImportWarning[] = [];
  const indexOf = (field: ContactField, contact: number) =>
    columns.columns.findIndex((column) => column?.field === field && 'contact' in column && column.contact === contact);
  const pathOf = (field: ContactField, contact: number) => columns.names[indexOf(field, contact)] ?? field;
  for (const { line, externalId, cells } of rows) {
    for (const contact of numbersOf(columns)) {
      const [email, name, language, mayApprove] = (['email', 'contact', 'language', 'mayApprove'] as const).map(
        (field) => cells[indexOf(field, contact)] ?? '',
      ) as [string, string, string, string];
      if (email === '' && name === '') continue;
      const read = {
        email,
        name: name || controller,
        language: LANGUAGE_WORDS[language.toLowerCase()] ?? language.toLowerCase(),
        ...(mayApprove !== '' && { mayApprove: ANSWER_WORDS[mayApprove.toLowerCase()] ?? mayApprove }),
      };
      const same = email === '' ? -1 : contacts.findIndex((other) => other.email.toLowerCase() === email.toLowerCase());
      const other = contacts[same];
      if (other === undefined) {
        contacts.push(read);
        places.push({ line, contact });
      } else if (other.name === read.name && other.language === read.language && other.mayApprove === read.mayApprove) {
        const message = `The contact ${email} stands in line ${places[same]?.line} already`;
        warnings.push({ line, externalId, code: 'row-repeated', message });
      } else {
        const message = `Expected each address once: line ${places[same]?.line} has it for ${other.name} (${other.language})`;
        faults.push({ line, path: pathOf('email', contact), message, found: found(email) });
      }
    }
  }
  const placeOf = (path: string): ReturnType<Candidate['placeOf']> | null => {
    const [, index, field = 'email'] = /^contacts\.(\d+)(?:\.(\w+))?/.exec(path) ?? [];
    const place = index === undefined ? undefined : places[Number(index)];
    return place ? { line: place.line, path: pathOf(COLUMN_OF[field] ?? 'email', place.contact) } : null;
  };
  return { contacts, faults, warnings, placeOf };
}

function numbersOf({ columns }: Columns): number[] {
  const numbers = columns.flatMap((column) => (column !== null && 'contact' in column ? [column.contact] : []));
  return [...new Set(numbers)].sort((a, b) => a - b);
}
