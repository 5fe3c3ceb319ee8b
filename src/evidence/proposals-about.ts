import type { ShownRow } from './shown-rows.ts';

/** What was proposed in a change, and decided about it (D60), by what it is about. */
export interface ProposalsAbout {
  /** Of the change itself, and of what became of no objection and no approval. */
  readonly change: readonly ShownRow[];
  /** Of the objections and approvals among the rows of one controller. */
  readonly rowsOf: (rows: readonly ShownRow[]) => ShownRow[];
}

/** Parts rows of proposals and of decisions: an objection is what its proposal is about, and an approval what came of it. */
export function proposalsAbout(rows: readonly ShownRow[]): ProposalsAbout {
  const of = Map.groupBy(rows, ({ table, key, facts }) => (table === 'proposals' ? key : facts.proposal_id));
  const change: ShownRow[] = [];
  const byAbout = new Map<string, ShownRow[]>();
  for (const [, those] of of) {
    const facts = those.find(({ table }) => table === 'proposals')?.facts;
    const about =
      facts?.kind === 'invalid'
        ? facts.subject
        : facts?.kind === 'approval'
          ? those.find((row) => typeof row.facts.made === 'string')?.facts.made
          : null;
    if (typeof about === 'string') byAbout.set(about, [...(byAbout.get(about) ?? []), ...those]);
    else change.push(...those);
  }
  return {
    change,
    rowsOf: (found) =>
      found
        .filter(({ table }) => table === 'objections' || table === 'approvals')
        .flatMap(({ key }) => byAbout.get(key) ?? []),
  };
}

/** A proposal without what it would do, which is large: so that all of them can be held at once. A decision is as it was. */
export function withoutContent(row: ShownRow): ShownRow {
  if (row.table !== 'proposals') return row;
  const { content: _content, ...facts } = row.facts;
  return { table: row.table, key: row.key, facts };
}
