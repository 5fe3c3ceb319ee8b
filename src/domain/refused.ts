import type { AnnouncementRefusal } from './announcement-refusal.ts';
import type { ApprovalRefusal } from './approval.ts';
import type { LateAcceptanceRefusal, ObjectionRefusal } from './objection.ts';
import type { TermsRefusal } from './terms.ts';

/** Why a command is refused. Each code is one of the API's problem catalogue (`http/problems.ts`). */
export type RefusalCode =
  | 'not-found'
  | AnnouncementRefusal['because']
  | 'preview-outdated'
  | 'test-address-not-allowed'
  | 'test-notice-limit'
  | TermsRefusal['because']
  | ObjectionRefusal
  | LateAcceptanceRefusal
  | ApprovalRefusal
  | 'approval-already-confirmed'
  | 'approval-already-ended'
  | 'register-exists'
  | 'last-admin-key'
  | 'last-administrator'
  | 'person-exists'
  | 'person-disabled'
  | 'role-given'
  | 'role-from-provider'
  | 'last-passkey'
  | 'product-unknown'
  | 'lines-rejected'
  | 'import-outdated'
  | 'last-contact'
  | 'hold-already-released'
  | 'erased'
  | 'controller-kept'
  | 'activation-blocked'
  | 'change-not-activated'
  | 'change-partly-activated'
  | 'second-person-needed'
  | 'proposal-decided'
  | 'proposal-expired'
  | 'proposal-outdated'
  | 'wording-not-waiting'
  | 'received-at-out-of-range'
  | 'arrival-date-out-of-range'
  | 'objection-already-resolved'
  | 'objection-not-pending'
  | 'explanation-required'
  | 'mail-unknown'
  | 'code-wrong'
  | 'code-limit'
  | 'nomination-limit'
  | 'nomination-already-decided'
  | 'withdrawal-already-requested'
  | 'no-withdrawal-waiting'
  | 'agreement-running'
  | 'webhook-url-invalid'
  | 'webhook-target-unresolvable'
  | 'webhook-target-forbidden'
  | 'webhook-disabled'
  | 'events-unknown'
  | 'replay-from-the-future'
  | 'answer-already-classified'
  | 'mail-being-read'
  | 'mail-already-attributed'
  | 'mail-already-dismissed'
  | 'mail-not-automatic'
  | 'notice-unknown'
  | 'change-unknown'
  | 'controller-unknown'
  | 'controller-not-in-change'
  | 'notice-in-flight'
  | 'notice-never-accepted'
  | 'mail-not-kept'
  | 'mail-erased'
  | 'mail-not-the-same'
  | 'scan-not-readable'
  | 'scan-erased';

/** A fault in the input: where, as a dotted path, and what is wrong. */
export interface InputFault {
  readonly path: string;
  readonly message: string;
}

/** Details of a refusal, under their names in the API's problem details. */
export interface RefusalDetails {
  /** Where in the request the fault is. */
  readonly errors?: readonly InputFault[];
  readonly blockers?: readonly unknown[];
  readonly deadline?: string | null;
  readonly earliest?: string;
  /** The lines of an import that are rejected. */
  readonly rejected?: readonly unknown[];
  /** Of what was to be changed, as it is; `null` where it does not exist. */
  readonly etag?: string | null;
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
  readonly errors: readonly InputFault[];

  constructor(errors: readonly InputFault[], detail = 'The request does not fit its schema: see errors.') {
    super(detail);
    this.name = 'InvalidRequest';
    this.errors = errors;
  }
}

/** What a schema finds wrong, as zod reports it. `keys` are fields that the schema does not know. */
interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** Every fault that a schema found. Each unknown field is one of its own, in the words of `unknown`. */
export function inputFaults(issues: readonly SchemaIssue[], unknown = 'Unknown field'): InputFault[] {
  return issues.flatMap(({ path, message, keys }) =>
    keys === undefined
      ? [{ path: path.join('.'), message }]
      : keys.map((key) => ({ path: [...path, key].join('.'), message: unknown })),
  );
}
