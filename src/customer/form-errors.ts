import type { Objection, ObjectionRefusal } from '../domain/objection.ts';
import type { Language } from '../domain/text.ts';
import { deadlineInWords } from '../domain/wording.ts';
import type { ChangeAndWindow } from './customer-link.ts';
import type { Fault, Submission } from './form-fields.ts';
import { textsIn } from './texts.ts';
import type { FormError } from '../web/form-error.ts';

/** The HTTP status of a refusal. */
export const REFUSAL_STATUS: Readonly<Record<ObjectionRefusal, number>> = {
  'reasons-required': 422,
  'window-closed': 409,
  'agreement-ended': 409,
  'change-ended': 409,
  'no-objection-window': 409,
};

/** An attempt that does not count. `objection` is `null` where it was counted among very many, and has no number. */
export interface RejectedAttempt {
  readonly refusal: ObjectionRefusal;
  readonly deadline: Temporal.Instant | null;
  readonly objection: Pick<Objection, 'number'> | null;
}

/** The error of a rejected objection: why it was rejected, and that the attempt is on record (D15, D16). */
export function errorOfRefusal(
  { refusal, deadline, objection }: RejectedAttempt,
  { change, window }: ChangeAndWindow,
  language: Language,
): FormError {
  const { error: t } = textsIn(language);
  const until = deadline && deadlineInWords(deadline, change.terms.timeZone, language);
  const onRecord = objection === null ? t.counted : t.onRecord(objection.number);
  if (refusal === 'reasons-required') {
    const { summary, field, body } = t['reasons-required'];
    return { summary, field: 'reasons', message: field, notes: [body(until), onRecord] };
  }
  // A controller that has left is refused by the deadline set when it left, which it was never sent.
  if (refusal !== 'change-ended' && window.leftAt !== null) {
    return {
      summary: t['agreement-ended'].summary,
      field: null,
      message: t['agreement-ended'].body,
      notes: [onRecord],
    };
  }
  if (refusal === 'no-objection-window' && change.regime.approval) {
    const { summary, body } = t['counts-as-refusal'];
    return { summary, field: null, message: body, notes: [onRecord] };
  }
  const message = refusal === 'window-closed' ? t['window-closed'].body(until ?? '') : t[refusal].body;
  return { summary: t[refusal].summary, field: null, message, notes: [onRecord] };
}

/** The errors of the typed fields, in words. */
export function errorsOfFaults({ reasons, name }: Submission, language: Language): FormError[] {
  const texts = textsIn(language);
  const notes = [texts.error.notSent];
  const problem = (field: 'reasons' | 'name', fault: Fault): FormError => {
    if (fault.because === 'repeated') {
      const { summary, field: message } = texts.error[`${field}-repeated`];
      return { summary, field, message, notes };
    }
    const { summary, field: message } = texts.error[`${field}-too-long`];
    return { summary, field, message: message(texts.count(fault.limit), texts.count(fault.found)), notes };
  };
  return [
    ...(reasons.fault ? [problem('reasons', reasons.fault)] : []),
    ...(name.fault ? [problem('name', name.fault)] : []),
  ];
}
