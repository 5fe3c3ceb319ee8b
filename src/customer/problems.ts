import type { FiledObjection } from '../commands/file-objection.ts';
import type { ObjectionRefusal } from '../domain/objection.ts';
import type { Language } from '../domain/text.ts';
import { deadlineInWords } from '../domain/wording.ts';
import type { Standing } from './customer-link.ts';
import type { Fault, Submission } from './submission.ts';
import { textsIn } from './texts.ts';

/** What is wrong with what was sent, as the page says it. */
export interface PageProblem {
  /** In the summary at the top, where it leads to the field. */
  readonly summary: string;
  readonly field: 'reasons' | 'name' | null;
  /** At the field, or in the summary where there is no field. */
  readonly message: string;
  /** What else the sender is to know. */
  readonly notes: readonly string[];
}

/** The status of a refusal's answer. */
export const REFUSAL_STATUS: Readonly<Record<ObjectionRefusal, number>> = {
  'reasons-required': 422,
  'window-closed': 409,
  'window-not-open': 409,
  'change-ended': 409,
};

/** Why an objection was rejected, in words, and that the attempt is on record (D15, D16). */
export function problemOfRefusal(
  { refusal, deadline, objection }: FiledObjection & { refusal: ObjectionRefusal },
  { change, window }: Standing,
  language: Language,
): PageProblem {
  const { error: t } = textsIn(language);
  const until = deadline === null ? '' : deadlineInWords(deadline, change.terms.timeZone, language);
  const onRecord = t.onRecord(objection.number);
  if (refusal === 'reasons-required') {
    const { summary, field, body } = t['reasons-required'];
    return { summary, field: 'reasons', message: field, notes: [body(until), onRecord] };
  }
  // Who has left was refused for the deadline that leaving set, which nobody ever told it.
  if (refusal !== 'change-ended' && window.leftAt !== null) {
    return {
      summary: t['agreement-ended'].summary,
      field: null,
      message: t['agreement-ended'].body,
      notes: [onRecord],
    };
  }
  const message = refusal === 'window-closed' ? t['window-closed'].body(until) : t[refusal].body;
  return { summary: t[refusal].summary, field: null, message, notes: [onRecord] };
}

/** What is wrong with the typed fields, in words. */
export function problemsOfFaults({ reasons, name }: Submission, language: Language): PageProblem[] {
  const texts = textsIn(language);
  const notes = [texts.error.notSent];
  const problem = (field: 'reasons' | 'name', fault: Fault): PageProblem => {
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
