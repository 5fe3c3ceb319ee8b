import type { AnnouncementDraft } from '../../db/announcement-drafts.ts';
import { comparisonsInWords } from '../../domain/comparison-words.ts';
import type { Announcement } from '../../domain/change.ts';
import { demandsOf, type WithElements } from '../../domain/element-words.ts';
import { effectsOf } from '../../domain/planned-effects.ts';
import { LANGUAGES, type Language } from '../../domain/text.ts';
import { dateInWords, dayInWords } from '../../domain/wording.ts';
import { clausesOf } from '../clause-words.ts';
import type { Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { nameOf, stepsShown } from './draft-shown.ts';
import { addressOfStep } from './draft-of.ts';
import type { FaultInWords } from './faults.ts';
import { judgingOf, type Ground, type Preview } from './judging.ts';
import { saidOf } from './said.ts';
import { textsIn } from './texts.ts';
import type { AnnouncementWarning, Texts } from './texts-shape.ts';

/** What came of what was asked for on this page, for the page that is shown next. */
export interface Outcome {
  readonly error?: { readonly summary: string; readonly message: string };
  readonly status?: number;
}

/** The last step: all that would happen, and what would be sent; or what is missing, with the way to each field. */
export async function showReview(
  visit: Visit,
  draft: Pick<AnnouncementDraft, 'id' | 'fields' | 'version'>,
  outcome: Outcome = {},
): Promise<Shown> {
  const { language, person } = visit;
  const t = textsIn(language);
  const { ground, judged } = await judgingOf(visit, draft.fields);
  const { announcement = null, preview = null, faults = [] } = judged ?? {};
  const lacking = faults.find(({ step }) => step !== null)?.step ?? null;
  if (visit.query.resume === '1' && judged !== null && announcement === null && lacking !== null)
    return { to: addressOfStep(draft.id, lacking) };
  const errors = outcome.error === undefined ? [] : [{ ...outcome.error, field: null, notes: [] }];
  return {
    view: 'console/announcing/views/review',
    title: `${t.steps.review} · ${t.title}`,
    status: outcome.status ?? 200,
    isError: errors.length > 0,
    model: {
      t,
      id: draft.id,
      draftName: nameOf(draft, visit),
      steps: stepsShown(draft, 'review', judged?.faults ?? null, visit),
      base: `/console/announce/${draft.id}`,
      errors,
      ...(preview !== null && visit.query.tested === '1'
        ? {
            notice: t.review.tested(person.email),
            link: { href: `/samples/${preview.hash}?lang=${language}`, name: t.review.samplePage },
          }
        : { notice: '', link: null }),
      faults: faults.map((fault) => shownFault(fault, draft.id, t)),
      isComplete: announcement !== null,
      isAnnounceable: preview !== null && faults.length === 0,
      email: person.email,
      ...(ground !== null && announcement !== null && preview !== null
        ? whatHappens(visit, draft, { ground, announcement, preview })
        : { preview: null }),
    },
  };
}

/** A fault with the way to where it is mended. */
function shownFault({ field, step, message, change, isAboutCustomers }: FaultInWords, draft: string, t: Texts) {
  const href = step === null ? null : `${addressOfStep(draft, step)}#${field ?? ''}`;
  return {
    message,
    href,
    step: step === null ? '' : t.steps[step],
    more: change === null ? null : { href: `/console/changes/${change}`, name: t.faults.otherChange },
    ...(isAboutCustomers && { more: { href: '/console/customers', name: t.faults.customers } }),
  };
}

interface Whole {
  readonly ground: Ground;
  readonly announcement: Announcement;
  readonly preview: Preview;
}

function whatHappens(visit: Visit, { fields }: Pick<AnnouncementDraft, 'fields'>, whole: Whole): object {
  const { language, query } = visit;
  const { ground, announcement, preview } = whole;
  const t = textsIn(language);
  const said = saidOf(fields, { register: ground.register, preview }, language)(null);
  const shown = contentShown(whole);
  const { objection, approval } = preview.regime;
  const mailLanguage = LANGUAGES.find((each) => each === query.language) ?? language;
  const mails = preview.messages.map(({ kind, language: of, subject }) => ({ kind, language: of, subject }));
  const mail =
    preview.messages.find(({ kind, language: of }) => kind === (query.mail ?? 'notice') && of === mailLanguage) ??
    preview.messages[0];
  return {
    hash: preview.hash,
    takesTwo: ground.product.secondPerson.includes('announcement'),
    mayPropose: visit.may('proposals:write', announcement.product),
    controllers: preview.controllers.total,
    holdMinutes: announcement.holdMinutes ?? ground.product.holdMinutes,
    warnings: preview.warnings.map(({ code }) => t.warnings[code as AnnouncementWarning](said)),
    need: t.review.needs[approval ? (objection ? 'both' : 'approval') : objection ? 'objection' : 'none'],
    demands: demandsOf(shown, language),
    clauses: clausesOf(shown.elements, language),
    isWordingOnly: announcement.wordingOnly.length > 0,
    facts: factsShown(whole, language),
    comparisons: comparisonsInWords(shown, language),
    mails: mails.map(({ kind, language: of }) => ({
      name: t.review.mailOf(t.review.mailKinds[kind as keyof Texts['review']['mailKinds']], t.review.languages[of]),
      href: `?mail=${kind}&language=${of}#mails`,
      isHere: kind === mail?.kind && of === mail.language,
    })),
    mail: mail && {
      subject: mail.subject,
      text: mail.text,
      language: mail.language,
      src: `mail?mail=${mail.kind}&language=${mail.language}`,
    },
    preview: true,
  };
}

/** What the words of an announcement are made of, before it is one. */
function contentShown({
  ground: { product, register },
  announcement,
  preview,
}: Whole): WithElements & Pick<Announcement, 'kind'> {
  const { kind, wordingOnly, regime: stricter } = announcement;
  return {
    kind,
    effects: effectsOf(announcement, register, product.processor.name),
    elements: preview.elements,
    stricter,
    wordingOnly,
    processor: product.processor,
  };
}

function factsShown({ announcement, preview, ground: { product } }: Whole, language: Language) {
  const { review, labels } = textsIn(language);
  const { facts: t } = review;
  const { controllers, notices } = preview;
  const count = (number: number) => number.toLocaleString(language === 'da' ? 'da-DK' : 'en-GB');
  const hold = announcement.holdMinutes ?? product.holdMinutes;
  const day = (text: string) => dateInWords(Temporal.PlainDate.from(text), language);
  const earliest = Temporal.PlainDate.from(preview.earliestPlannedActivationOn);
  return [
    { name: labels.product, value: product.name },
    { name: t.controllers, value: count(controllers.total) },
    {
      name: t.notices,
      value: t.noticesValue(notices.total, notices.byLanguage.da, notices.byLanguage.en),
    },
    {
      name: t.withoutContact,
      value: controllers.withoutContact === 0 ? t.nobody : t.unreachable(controllers.withoutContact),
    },
    ...(controllers.withoutApprover === null
      ? []
      : [{ name: t.withoutApprover, value: count(controllers.withoutApprover) }]),
    // The day after it is the earliest that may be planned (D4).
    ...(preview.regime.objection
      ? [{ name: t.lastDay, value: dayInWords(earliest.subtract({ days: 1 }), language) }]
      : []),
    { name: t.planned, value: dayInWords(announcement.plannedActivationOn, language) },
    { name: t.earliest, value: dayInWords(earliest, language) },
    ...(preview.announceNoLaterThan === null ? [] : [{ name: t.noLaterThan, value: day(preview.announceNoLaterThan) }]),
    ...(hold === 0 ? [] : [{ name: t.hold, value: t.holdValue(hold) }]),
  ];
}
