import * as changeList from '../../api/change-list.ts';
import { allowedBy } from '../../domain/caller.ts';
import type { Scope } from '../../domain/permission.ts';
import { namesOfProducts } from '../own-products.ts';
import { momentInWords } from '../times.ts';
import type { Visit } from '../visit.ts';
import { titleOf } from './change-shown.ts';

/** How many changes can be chosen, the latest first. */
const CHOICES = 100;

/**
 * The changes that a form offers to who has this scope, the latest first. Of who has it for some products alone, those of the first of
 * them: a list of all takes all.
 */
export async function changesToChoose(visit: Visit, scope: Scope): Promise<{ value: string; name: string }[]> {
  const { language } = visit;
  const [product] = allowedBy(visit.person, scope)?.products ?? [];
  const { items } = await visit.ask(changeList.list, { query: { product, sort: '-announced', limit: CHOICES } });
  const nameOf = await namesOfProducts(visit);
  return items.map((change) => ({
    value: change.id,
    name: `${titleOf(change, language)} (${nameOf(change.product)}, ${momentInWords(change.announcedAt, language)})`,
  }));
}
