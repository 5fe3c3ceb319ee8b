import type { AnnouncementRefusal } from './announcement.ts';
import type { LateAcceptanceRefusal, ObjectionRefusal } from './objection.ts';

/** Why a command is refused. Each code is one of the API's problem catalogue (`http/problems.ts`). */
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

/** Details of a refusal, under their names in the API's problem details. */
export interface RefusalDetails {
  /** Where in the request the fault is. */
  readonly errors?: readonly { path: string; message: string }[];
  readonly blockers?: readonly unknown[];
  readonly deadline?: string | null;
  readonly earliest?: string;
}

/** Thrown by a command when a rule refuses it. Its transaction is rolled back: nothing is half done. */
export class Refused extends Error {
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  /** `detail` is a sentence for the caller: what was expected, and what was found. */
  constructor(code: RefusalCode, detail: string, details: RefusalDetails = {}) {
    super(detail);
    this.name = 'Refused';
    this.code = code;
    this.details = details;
  }
}

/** The refusal `not-found`; `what` completes "There is no …". */
export function notFound(what: string): Refused {
  return new Refused('not-found', `There is no ${what}.`);
}

/** A refusal because of one field of the request, at `path`. `detail` says what is wrong with the field. */
export function refusedAt(path: string, code: RefusalCode, detail: string): Refused {
  return new Refused(code, detail, { errors: [{ path, message: detail }] });
}

/** Thrown for input that does not fit its schema or the records. Lists every fault found, with its path. */
export class InvalidRequest extends Error {
  readonly errors: readonly { path: string; message: string }[];

  constructor(errors: readonly { path: string; message: string }[]) {
    super('The request does not fit its schema: see errors.');
    this.name = 'InvalidRequest';
    this.errors = errors;
  }
}
