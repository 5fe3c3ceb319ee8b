import * as worklist from '../../api/worklist.ts';
import { allowedBy } from '../../domain/caller.ts';
import type { Scope } from '../../domain/permission.ts';
import { consolePage } from '../page.ts';
import type { Visit } from '../visit.ts';
import { inboxTextsIn } from './texts.ts';

/** The parts of the inbox, and what takes reading each. */
const SCOPES = {
  answers: 'answers:read',
  objections: 'objections:read',
  approvals: 'approvals:read',
  nominations: 'approvals:read',
  mails: 'mails:read',
} as const satisfies Readonly<Record<string, Scope>>;
export type Section = keyof typeof SCOPES;
const SECTIONS = Object.keys(SCOPES) as Section[];

/** What takes reading a part of the inbox. */
export const scopeOf = (section: Section): Scope => SCOPES[section];

/** The page of one thing of the inbox. */
export const addressOf = (section: Section, id: string) => `/console/inbox/${section}/${id}`;

/** Mails that nobody could attribute are of no product, so their list is for who has all. */
function isFor({ person }: Visit, section: Section): boolean {
  const allowed = allowedBy(person, scopeOf(section));
  return allowed !== null && (section !== 'mails' || allowed.products === null);
}

/** The way to the parts of the inbox. */
export function sectionsFor(visit: Visit, here: Section) {
  const t = inboxTextsIn(visit.language);
  return SECTIONS.filter((each) => isFor(visit, each)).map((section) => ({
    name: t.sections[section],
    href: `/console/inbox/${section}`,
    isHere: section === here,
  }));
}

/** `GET /console/inbox`: leads to the first part where something waits for the person, else to the first that they read. */
export const inbox = consolePage('objections:read', async (visit) => {
  const work = await visit.ask(worklist.get);
  const read = SECTIONS.filter((each) => isFor(visit, each));
  const first = read.find((each) => (work[each]?.count ?? 0) > 0) ?? read[0] ?? 'objections';
  return { to: `/console/inbox/${first}` };
});
