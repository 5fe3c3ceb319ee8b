import type { Product } from '../db/products.ts';
import type { Announcement, ChangeContent } from '../domain/change.ts';
import { effectsOf } from '../domain/planned-effects.ts';
import { elementsOf, regimeOf } from '../domain/regime.ts';
import type { RegisterEntry } from '../domain/register.ts';

/** What a change would tell: the announcement, what it does to the register of now, and what its product says of itself. */
export function contentOf(
  {
    farDate: _farDate,
    holdMinutes: _holdMinutes,
    listedInTerms: _listed,
    regime: stricter,
    ...announced
  }: Announcement,
  product: Product,
  register: readonly RegisterEntry[],
): ChangeContent {
  const { name: productName, processor, objectionAddress, terms } = product;
  const effects = effectsOf(announced, register, processor.name);
  const elements = elementsOf(effects, { terms, register, wordingOnly: announced.wordingOnly });
  const regime = regimeOf(elements, stricter);
  const { objectionWindowDays, timeZone, rollForward, approvalAnswerDays, approvalEffectiveAfterHours } = terms;
  const kept = { objectionWindowDays, timeZone, rollForward, approvalAnswerDays, approvalEffectiveAfterHours };
  return { ...announced, stricter, effects, elements, regime, productName, processor, objectionAddress, terms: kept };
}
