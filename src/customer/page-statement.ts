import type { Change } from '../domain/change.ts';
import type { PageStatement } from '../domain/page-statement.ts';
import type { Language } from '../domain/text.ts';
import { deadlineInWords, windowRuleInWords } from '../domain/wording.ts';
import { APPROVAL_TEXTS } from './approval-texts.ts';
import { describeChange } from './change-in-words.ts';
import { textsIn } from './texts.ts';

/** What the page behind a link states to who objects: to what, until when, what follows, and what an objection must say. */
export function statedToObjector(
  change: Change,
  { deadline }: { readonly deadline: Temporal.Instant | null },
  language: Language,
): PageStatement {
  const { processor, phrase, deed, planned, regime } = describeChange(change, language);
  const { change: facts, state, form } = textsIn(language);
  const silence = regime.approval ? state.open.noApproval : state.open.silence(processor, deed, planned);
  const until =
    deadline === null
      ? []
      : [
          `${facts.deadline}: ${deadlineInWords(deadline, change.terms.timeZone, language)}`,
          windowRuleInWords(change.terms, language),
          `${silence} ${state.open.effect}`,
        ];
  const lines = [phrase, ...until, form.required, form.guidanceHeading, ...form.guidance.map((line) => `- ${line}`)];
  return { language, text: lines.join('\n') };
}

/** What the page states to who answers a request, around the statement that is approved: what each answer means. */
export function statedToApprover(change: Change, language: Language): PageStatement {
  const { processor, phrase } = describeChange(change, language);
  const words = APPROVAL_TEXTS[language];
  const lines = [
    phrase,
    words.asked(processor),
    words.question,
    `- ${words.approve}`,
    `- ${words.refuse}: ${words.refuseHint}`,
    words.besides,
  ];
  return { language, text: lines.join('\n') };
}
