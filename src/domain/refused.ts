import type { AnnouncementRefusal } from './announcement.ts';
import type { LateAcceptanceRefusal, ObjectionRefusal } from './objection.ts';

/** What the domain says no with: a code of the problem catalogue. */
export type RefusalCode =
  | 'not-found'
  | AnnouncementRefusal['because']
  | ObjectionRefusal
  | LateAcceptanceRefusal
  | 'register-exists'
  | 'product-unknown'
  | 'activation-blocked'
  | 'received-at-out-of-range'
  | 'arrival-date-out-of-range'
  | 'objection-already-resolved'
  | 'objection-not-pending'
  | 'explanation-required'
  | 'webhook-url-invalid'
  | 'webhook-target-unresolvable'
  | 'webhook-target-forbidden'
  | 'webhook-disabled'
  | 'events-unknown'
  | 'answer-already-classified'
  | 'notice-in-flight';

/** More of the answer, by the names of the API's problem details. */
export interface RefusalDetails {
  readonly errors?: readonly { path: string; message: string }[];
  readonly blockers?: readonly unknown[];
  readonly deadline?: string | null;
  readonly earliest?: string;
}

/** Thrown by a command that a rule does not allow. Its transaction is rolled back: nothing is half done. */
export class Refused extends Error {
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, detail: string, details: RefusalDetails = {}) {
    super(detail);
    this.name = 'Refused';
    this.code = code;
    this.details = details;
  }
}

/** Refuses with `not-found`. */
export function notFound(what: string): Refused {
  return new Refused('not-found', `There is no ${what}.`);
}
