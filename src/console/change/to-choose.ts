import * as changeList from '../../api/change-list.ts';
import { allowedBy } from '../../domain/caller.ts';
import { dayIn } from '../../domain/instant.ts';
import type { Scope } from '../../domain/permission.ts';
import { oneLine } from '../../domain/text.ts';
import { dateInWords } from '../../domain/wording.ts';
import { namesOfProducts } from '../own-products.ts';
import { TIME_ZONE } from '../times.ts';
import type { Visit } from '../visit.ts';

/** How many changes can be chosen, the latest first. */
const CHOICES = 100;

/**
 * The changes that a form offers to who has this scope, the latest first. Of who has it for some products alone, those of the first of
 * them: a list of all takes all.
 */
export async function changesToChoose(visit: Visit, scope: Scope): Promise<{ value: string; name: string }[]> {
  const [only] = allowedBy(visit.person, scope)?.products ?? [];
  const { items } = await visit.ask(changeList.list, { query: { product: only, sort: '-announced', limit: CHOICES } });
  const nameOf = await namesOfProducts(visit);
  const dayOf = (instant: string) => dateInWords(dayIn(TIME_ZONE, Temporal.Instant.from(instant)), visit.language);
  // The companies first: a list on a phone shows the beginning alone.
  return items.map(({ id, companies, product, announcedAt }) => ({
    value: id,
    name: `${companies.map(oneLine).join(', ')} (${nameOf(product)}, ${dayOf(announcedAt)})`,
  }));
}
