import type { Scope } from '../../domain/permission.ts';
import { allowedBy } from '../../domain/caller.ts';
import { consolePage } from '../page.ts';
import type { Visit } from '../visit.ts';
import { inboxTextsIn } from './texts.ts';

/** The parts of the inbox, and who reads them. */
const SECTIONS = [
  { key: 'answers', scope: 'answers:read' },
  { key: 'objections', scope: 'objections:read' },
  { key: 'approvals', scope: 'approvals:read' },
  { key: 'nominations', scope: 'approvals:read' },
  { key: 'mails', scope: 'mails:read' },
] as const satisfies readonly { key: string; scope: Scope }[];
export type Section = (typeof SECTIONS)[number]['key'];

/** Mails that nobody could attribute are of no product, so their list is for who has all. */
function isFor({ person }: Visit, { key, scope }: (typeof SECTIONS)[number]): boolean {
  const allowed = allowedBy(person, scope);
  return allowed !== null && (key !== 'mails' || allowed.products === null);
}

/** The way to the parts of the inbox. */
export function sectionsFor(visit: Visit, here: Section) {
  const t = inboxTextsIn(visit.language);
  return SECTIONS.filter((each) => isFor(visit, each)).map(({ key }) => ({
    name: t.sections[key],
    href: `/console/inbox/${key}`,
    isHere: key === here,
  }));
}

/** `GET /console/inbox`: leads to the first part that the person reads. */
export const inbox = consolePage('objections:read', async (visit) => {
  const first = SECTIONS.find((each) => isFor(visit, each));
  return { to: `/console/inbox/${first?.key ?? 'objections'}` };
});
