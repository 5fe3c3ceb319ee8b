import { storable } from '../../domain/text.ts';

/**
 * An announcement as it is being typed: the fields of its forms, by their names. Whatever is typed is kept, right or wrong. A name is
 * the path of what it becomes in the announcement (`subProcessor.address`), but for these:
 * - `entry`: the entry of the register that the change is about, whatever its kind;
 * - `places.0.country`, `.basis`, `.decision`, `.certifiedAs`: the places of processing, row by row;
 * - `entries.<entry>.<country>` and `….certifiedAs`: what a place of an entry shall rest on;
 * - `children.<entry>`: `leaves`, or `stays` with what it is then under: `stays:<entry>`.
 */
export type Fields = Readonly<Record<string, string>>;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = new RegExp(
  `^(?:${[
    '(?:product|kind|supersedes|entry|scope|plannedActivationOn|farDate|holdMinutes|listedInTerms)',
    'subProcessor\\.(?:name|registrationNumber|address|country|parentId)',
    'subProcessor\\.contactPerson\\.(?:name|email)',
    '(?:subProcessor\\.processing|subProcessor\\.personalData|reason|separation)\\.(?:da|en)',
    'wordingOnly\\.(?:processing|personalData)',
    'regime\\.(?:objection|approval)',
    'upstream\\.(?:noticeReceivedOn|objectBy|effectiveOn|reference)',
    'places\\.\\d{1,2}\\.(?:country|basis|decision|certifiedAs)',
    `entries\\.${UUID}\\.[A-Z]{2}(?:\\.certifiedAs)?`,
    `children\\.${UUID}`,
  ].join('|')})$`,
);
/** The boxes of the forms. One that is not ticked is not sent, so the form names those that it has. */
const BOXES = 'boxes';

/** What a form says of an announcement, as it can be stored. Fields of nothing that is announced are left out, and so are repeats. */
export function fieldsIn(form: Readonly<Record<string, string | readonly string[] | undefined>>): Fields {
  const sent = Object.entries(form).flatMap(([name, value]): [string, string][] => {
    const [first] = [value].flat();
    return NAME.test(name) && first !== undefined ? [[name, storable(first.replaceAll('\r\n', '\n').trim())]] : [];
  });
  const boxes = [form[BOXES] ?? []].flat().flatMap((names) => names.split(' '));
  const unticked = boxes.filter((name) => NAME.test(name) && form[name] === undefined).map((name) => [name, '']);
  return Object.fromEntries([...unticked, ...sent]);
}

/** The fields with others in their place. What is empty is left out, so that a draft has what was typed. */
export function fieldsWith(fields: Fields, others: Fields): Fields {
  return Object.fromEntries(Object.entries({ ...fields, ...others }).filter(([, value]) => value !== ''));
}

/** The fields without those whose names begin so. */
export function fieldsWithout(fields: Fields, ...beginnings: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => !beginnings.some((beginning) => name.startsWith(beginning))),
  );
}

/** What stands in a field; the empty string for nothing. */
export function typedIn(fields: Fields, name: string): string {
  return fields[name] ?? '';
}
