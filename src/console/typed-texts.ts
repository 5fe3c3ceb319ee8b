import type { Form } from './visit.ts';

/** What a form carries of its page and its session, which is worth nothing on another showing. A file would be too large to keep. */
const OF_ONE_SHOWING: readonly string[] = ['csrf', 'once', 'proof', 'confirmed', 'passkey', 'kept'];
/** What pages put into forms, so that nobody has said it. */
const OF_THE_PAGE: readonly string[] = [
  'boxes',
  'controllers',
  'decide',
  'do',
  'fileName',
  'hash',
  'insteadOf',
  'mail',
  'mailed',
  'show',
  'step',
  'to',
  'version',
];
/** What is chosen and not typed: a word of ours, which says nothing without its form. */
const CHOSEN: readonly string[] = [
  'act',
  'channel',
  'decision',
  'endMissing',
  'kind',
  'language',
  'letterScan',
  'mayApprove',
  'message',
  'of',
  'outcome',
  'products',
  'role',
  'scan',
  'scopes',
  'secondPerson',
  'subject',
  'what',
  'writtenByPerson',
];

/** The fields of a form that it can be shown again with. */
export function fieldsToKeep(body: unknown): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries((body ?? {}) as Form).flatMap(([name, value]): [string, string | string[]][] => {
      const isText = [value].flat().every((each) => typeof each === 'string');
      return isText && !OF_ONE_SHOWING.includes(name) ? [[name, value as string | string[]]] : [];
    }),
  );
}

/** Whether somebody has typed or chosen anything in a form. */
export const isFilledIn = (body: unknown): boolean => textsBeside(OF_THE_PAGE, body).length > 0;

/** What somebody has typed in a form, to be read and copied where the form cannot be shown. */
export const typedTexts = (body: unknown): string[] => textsBeside([...OF_THE_PAGE, ...CHOSEN], body);

function textsBeside(names: readonly string[], body: unknown): string[] {
  return Object.entries(fieldsToKeep(body))
    .filter(([name]) => !names.includes(name))
    .flatMap(([, value]) => value)
    .map((text) => text.replaceAll('\r\n', '\n').trim())
    .filter((text) => text !== '');
}
