import type { CompanyInChain } from './comparison.ts';
import type { SubProcessor } from './register.ts';

/**
 * What a change does to one company of the register when it is activated.
 * - `enters`: a company that is new to the register.
 * - `replaces`: a new company, in the place of an entry that leaves.
 * - `amends`: an entry stays, with other facts.
 * - `leaves`: an entry leaves, and nothing takes its place.
 */
export interface Effect {
  readonly act: 'enters' | 'replaces' | 'amends' | 'leaves';
  /** The entry that is replaced, amended or left out; `null` of a company that enters alone. */
  readonly entry: string | null;
  /** The entry as it was when the change was announced; `null` of a company that enters alone. */
  readonly from: CompanyInChain | null;
  /** The company as it shall be; `null` where an entry leaves. */
  readonly to: CompanyInChain | null;
}

/** Whether a company comes by this effect that is new to the register. */
export function isNew({ act }: Pick<Effect, 'act'>): boolean {
  return act === 'enters' || act === 'replaces';
}

/** Whether an entry leaves the register by this effect. */
export function leaves({ act }: Pick<Effect, 'act'>): boolean {
  return act === 'leaves' || act === 'replaces';
}

/** The company that an effect is about: as it is told to readers by its name today, or of one that enters its own. */
export function companyOf(effect: Pick<Effect, 'act' | 'from' | 'to'>): SubProcessor {
  const company = isNew(effect) ? effect.to : effect.from;
  if (company === null) throw new Error(`an effect that ${effect.act} has a company`);
  return company.company;
}

/** The names of the companies that a change is about, without those of children: one, but of a `transfer-basis`. */
export function companiesOf({ kind, effects }: { kind: string; effects: readonly Effect[] }): string[] {
  return (kind === 'transfer-basis' ? effects : effects.slice(0, 1)).map((effect) => companyOf(effect).name);
}

/** The name of the company that a change replaces; `null` where it replaces none. */
export function replacedBy({ effects }: { effects: readonly Effect[] }): string | null {
  return effects.find(({ act }) => act === 'replaces')?.from?.company.name ?? null;
}
