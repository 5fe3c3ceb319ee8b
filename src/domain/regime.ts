import type { ChangeContent } from './change.ts';

/** What a change needs of its controllers: time to object (B.2), or their written approval (B.1, C.5). */
export interface Regime {
  readonly objection: boolean;
  readonly approval: boolean;
}

/** The regime of a change. Both kinds that there are, an addition and a replacement, go by objection (B.2). */
export function regimeOf(_content: Pick<ChangeContent, 'kind'>): Regime {
  return { objection: true, approval: false };
}
