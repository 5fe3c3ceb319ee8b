import type { AnnouncementFacts, Plan } from './announcement.ts';
import type { Announcement } from './change.ts';
import { isDanishWorkingDay } from './danish-holidays.ts';
import { dayIn } from './instant.ts';
import { earliestPlannedActivation, lastDay } from './objection-window.ts';
import { namesTaken } from './open-changes.ts';
import { isSameCompany, type SubProcessor } from './register.ts';
import { isSimilarName } from './similar-names.ts';
import type { Language, Text } from './text.ts';
import type { Warning } from './warning.ts';

/** Who would be notified: how many controllers, how many of them have nobody who may approve, and notices by language. */
export interface AudienceCount {
  readonly controllers: number;
  readonly byLanguage: Readonly<Record<Language, number>>;
  /** `null` where the change needs no approval (D42). */
  readonly withoutApprover: number | null;
}

/**
 * What an officer should look at before announcing at `now` what would do what `plan` says. It refuses nothing. Windows are taken to
 * open today.
 */
export function announcementWarnings(
  announcement: Announcement,
  plan: Plan,
  facts: Pick<AnnouncementFacts, 'terms' | 'register' | 'announced'>,
  audience: AudienceCount,
  now: Temporal.Instant,
): Warning[] {
  const { controllers } = audience;
  return [
    ...(controllers === 0
      ? [{ code: 'nobody-to-notify', message: `No controller has an agreement for ${announcement.product}.` } as const]
      : []),
    ...withoutApprover(audience),
    ...(plan.regime.objection ? windowWarnings(facts, now) : []),
    ...dateWarnings(announcement, plan, facts, now),
    ...similarNames(plan, facts),
    ...untranslated(announcement, audience),
    ...mixedRegimes(announcement, plan),
  ];
}

function withoutApprover({ withoutApprover: count }: AudienceCount): Warning[] {
  if (count === null || count === 0) return [];
  const who = `${count} ${count === 1 ? 'controller has' : 'controllers have'}`;
  const message = `${who} no contact who may approve: say who may (mayApprove), or each has to name somebody first.`;
  return [{ code: 'nobody-may-approve', message }];
}

/** The days to object that are no working days in Denmark, where that is more than weekends. */
function windowWarnings({ terms }: Pick<AnnouncementFacts, 'terms'>, now: Temporal.Instant): Warning[] {
  const [first, last] = [dayIn(terms.timeZone, now).add({ days: 1 }), lastDay(now, terms)];
  const count = first.until(last, { largestUnit: 'days' }).days + 1;
  const days = Array.from({ length: count }, (_, after) => first.add({ days: after }));
  const holidays = days.filter((day) => day.dayOfWeek < 6 && !isDanishWorkingDay(day));
  const working = days.filter(isDanishWorkingDay).length;
  const warnings: Warning[] = [];
  if (holidays.length > 0) {
    warnings.push({
      code: 'few-working-days',
      message: `Of the ${count} days to object, ${working} are working days in Denmark: ${holidays.join(', ')} ${holidays.length === 1 ? 'is none' : 'are none'}.`,
    });
  }
  if (!isDanishWorkingDay(last)) {
    warnings.push({
      code: 'last-day-not-working',
      message: `The last day to object, ${last.toString()}, is no working day in Denmark, and the terms do not roll it forward.`,
    });
  }
  return warnings;
}

function dateWarnings(
  { plannedActivationOn: planned }: Announcement,
  { regime }: Plan,
  { terms }: Pick<AnnouncementFacts, 'terms'>,
  now: Temporal.Instant,
): Warning[] {
  if (regime.objection && planned.equals(earliestPlannedActivation(now, terms))) {
    const message = `${planned.toString()} is the earliest day there is: it cannot be kept if a single notice is accepted after today.`;
    return [{ code: 'no-day-to-spare', message }];
  }
  if (Temporal.PlainDate.compare(planned, dayIn(terms.timeZone, now).add({ years: 1 })) <= 0) return [];
  return [{ code: 'planned-date-far', message: `${planned.toString()} is more than a year away.` }];
}

/** Companies of nearly the same name, which are other companies to the rules. */
function similarNames(
  plan: Plan,
  { register, announced }: Pick<AnnouncementFacts, 'register' | 'announced'>,
): Warning[] {
  const known = [
    ...register.map((entry) => ({
      entry: entry.id,
      company: entry as SubProcessor,
      where: `in the register (entry ${entry.id})`,
    })),
    ...announced.flatMap((change) =>
      namesTaken(change).map((taken) => ({ ...taken, where: `announced (change ${change.id})` })),
    ),
  ];
  return namesTaken(plan).flatMap(({ entry: own, company: planned }) =>
    known
      .filter(({ entry }) => own === null || entry !== own)
      .filter(({ company }) => isSimilarName(planned.name, company.name) && !isSameCompany(planned, company))
      .map(({ company, where }) => ({
        code: 'similar-name' as const,
        message: `${planned.name} is nearly called like ${company.name}, which is ${where}: is it another company?`,
      })),
  );
}

function untranslated({ reason, subProcessor }: Announcement, { byLanguage }: AudienceCount): Warning[] {
  const texts: Record<string, Text> = {
    reason,
    ...(subProcessor && {
      'subProcessor.processing': subProcessor.processing,
      'subProcessor.personalData': subProcessor.personalData,
    }),
  };
  const missing = Object.keys(texts).filter((path) => texts[path]?.en === undefined);
  if (byLanguage.en === 0 || missing.length === 0) return [];
  const message = `${byLanguage.en} ${byLanguage.en === 1 ? 'notice is' : 'notices are'} in English, and these texts are in Danish only: ${missing.join(', ')}.`;
  return [{ code: 'not-translated', message }];
}

/** What of an amendment waits for an approval that it does not need itself: an amendment comes into force whole. */
function mixedRegimes({ kind }: Announcement, { elements }: Plan): Warning[] {
  const namesOf = (needsApproval: boolean) =>
    elements.filter(({ regime }) => regime.approval === needsApproval).map(({ element }) => element);
  const [slow, fast] = [namesOf(true), [...new Set(namesOf(false))]];
  if (kind !== 'amendment' || slow.length === 0 || fast.length === 0) return [];
  const message = `${fast.join(', ')} ${fast.length === 1 ? 'needs' : 'need'} no approval and would wait for it here: announced as a change apart, it need not.`;
  return [{ code: 'could-be-apart', message }];
}
