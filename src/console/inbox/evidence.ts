import * as mails from '../../api/mails.ts';
import type { Visit } from '../visit.ts';
import { momentInWords } from '../times.ts';
import { inboxTextsIn } from './texts.ts';

/** How many mails are offered as evidence. */
const OFFERED = 100;

/** The mails of a controller about a change that a decision can rest on, for a list to choose from; none for who reads no mails. */
export async function mailsAsEvidence(
  visit: Visit,
  { changeId, controller }: { readonly changeId: string; readonly controller: string },
): Promise<{ value: string; name: string }[]> {
  if (!visit.may('mails:read')) return [];
  const t = inboxTextsIn(visit.language);
  const { items } = await visit.ask(mails.listOfChange, {
    params: { id: changeId },
    query: { takenAs: 'answer', controller, limit: OFFERED },
  });
  return items.map(({ id, subject, receivedAt }) => ({
    value: id,
    name: `${momentInWords(receivedAt, visit.language)}: ${subject || t.noSubject}`,
  }));
}
