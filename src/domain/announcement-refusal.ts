/** Why an announcement cannot be made. Each code is one of the API's problem catalogue (`http/problems.ts`). */
export type AnnouncementRefusal = {
  readonly because:
    | 'planned-date-too-early'
    | 'planned-date-too-far'
    | 'upstream-days-out-of-order'
    | 'transfer-basis-missing'
    | 'transfer-basis-invalid'
    | 'entry-unknown'
    | 'parent-unknown'
    | 'place-unknown'
    | 'children-unsettled'
    | 'parent-leaving'
    | 'chain-loop'
    | 'another-company'
    | 'contact-person-missing'
    | 'change-without-effect'
    | 'entry-differs'
    | 'wording-unchanged'
    | 'nothing-to-approve'
    | 'superseded-change-unknown'
    | 'controllers-without-contact'
    | 'already-in-register'
    | 'change-already-announced';
  readonly detail: string;
  /** With `planned-date-too-early`: the earliest day that is allowed. */
  readonly earliest?: Temporal.PlainDate;
  /** Where in the announcement the fault is. */
  readonly path?: string;
};

/** A refusal of what stands at one place of the announcement. */
export type RefusalAt = AnnouncementRefusal & { readonly path: string };
