/** What a list of what controllers have said is filtered by: of objections, of approvals, or of answers. */
export interface SaidFilter<Status extends string> {
  readonly status?: Status | undefined;
  readonly product?: string | undefined;
  readonly change?: string | undefined;
  /** External id. */
  readonly controller?: string | undefined;
}

/** The condition of a filter on the rows of `table`, an alias, and its parameters, which are $1 to $4. */
export function saidIn(table: 'a' | 'o' | 'p', { status, product, change, controller }: SaidFilter<string>) {
  return {
    condition: `($1::text is null or ${table}.status = $1)
       and ($2::text is null or exists (select from changes where id = ${table}.change_id and product_id = $2))
       and ($3::uuid is null or ${table}.change_id = $3)
       and ($4::text is null or ${table}.controller_id = (select id from controllers where external_id = $4))`,
    parameters: [status ?? null, product ?? null, change ?? null, controller ?? null],
  };
}
