import { findChange } from '../../db/changes.ts';
import { comparisonsInWords } from '../../domain/comparison-words.ts';
import { demandsOf } from '../../domain/element-words.ts';
import type { ProposalKind } from '../../domain/proposal.ts';
import { onlyInforms, type Regime } from '../../domain/regime.ts';
import { passage, type Language, type Passage } from '../../domain/text.ts';
import { authorInWords } from '../author-words.ts';
import { clausesOf } from '../clause-words.ts';
import { consolePage } from '../page.ts';
import type { ShownProposal } from '../proposals/proposal-shown.ts';
import { proposalsAbout, proposerOf, waitingAmong, waitingOf } from '../proposals/waiting.ts';
import type { Visit } from '../visit.ts';
import { changeAddress, inboxAddress } from '../addresses.ts';
import { blockersInWords } from './blocker-words.ts';
import { changeShown, type ChangeShown } from './change-shown.ts';
import { tagOf } from './list.ts';
import { progressShown } from './progress.ts';
import type { ChangeTexts } from './texts.ts';
import { latestEvents } from './timeline.ts';

/** `GET /console/changes/:id`: what is missing, what can be done, how far it is, and what has happened. */
export const page = consolePage('changes:read', async (visit, { api }) => {
  const shown = await changeShown(visit);
  const { change, t, times, title, href } = shown;
  const { language } = visit;
  const words = (blockers: ChangeShown['change']['activation']['blockers']) =>
    blockersInWords(blockers, { ...change, timeZone: shown.timeZone }, language, api.pool);
  // What the API shows of a change has not what becomes of each company.
  const onRecord = await findChange(api.pool, change.id);
  const { allowed, blockers, earliestAt, shownOnly } = change.activation;
  const about = await proposalsAbout(visit, change.id, change.product);
  const waiting =
    change.status === 'announced' && shown.secondPerson.includes('activation')
      ? await waitingOf(visit, 'activation', about)
      : null;
  const nothingMissing = visit.may('changes:activate', change.product)
    ? t.page.nothingMissing
    : t.page.nothingMissingButYou;
  return {
    view: 'console/change/views/change',
    title,
    model: {
      t,
      href,
      heading: title,
      said: saidIn(visit.query, t),
      status: t.status[change.status],
      tag: tagOf(change),
      blockers: change.status === 'announced' ? await words(blockers) : null,
      nothingMissing: waiting === null ? nothingMissing : t.page.proposed,
      earliest: !allowed && earliestAt !== null ? t.page.earliest(times.moment(earliestAt)) : null,
      shownOnly: await words(shownOnly),
      proposals: await waitingAmong(visit, about),
      acts: actsFor(visit, shown, waiting !== null),
      facts: factsOf(shown, about, language),
      asAnnounced: change.status === 'announced' ? null : t.page.asAnnounced(times.date(change.announcedAt)),
      comparisons: onRecord === null ? [] : comparisonsInWords(onRecord, language),
      demands: onRecord === null ? null : demandsOf(onRecord, language),
      clauses: clausesOf(change.elements, language),
      progress: await progressShown(visit, shown),
      timeline: await latestEvents(visit, shown, api.pool),
    },
  };
});

/** What was done a moment ago, by the page that leads back here. */
export function saidIn({ said }: Readonly<Record<string, string>>, t: ChangeTexts): string | null {
  const texts: Readonly<Record<string, string>> = {
    activated: t.activate.done,
    withdrawn: t.withdraw.done,
    closed: t.close.done,
    confirmed: t.confirm.done,
    resent: t.story.resent,
    scanned: t.story.scanned,
    recorded: t.record.done,
    attempted: t.record.attempted,
  };
  return (said !== undefined && Object.hasOwn(texts, said) && texts[said]) || null;
}

interface Act {
  readonly href: string;
  readonly name: string;
  /** What most people come for. */
  readonly isFirst?: boolean;
}

/** What can be done with the change now, of what the person may do; but for an activation that waits for another person. */
function actsFor(visit: Visit, { change, t, href }: ChangeShown, isProposed: boolean): Act[] {
  const { product } = change;
  const isOpen = change.status === 'announced';
  const isForEach = change.scope === 'each';
  const { count: waves } = change.activations;
  const acts: (Act & { may: boolean })[] = [
    {
      href: `${href}/activate`,
      name: isForEach ? t.page.activateWave : t.page.activate,
      isFirst: true,
      may: !isProposed && isOpen && change.activation.allowed && visit.may('changes:activate', product),
    },
    { href: `${href}/controllers`, name: t.page.controllers, may: true },
    { href: inboxAddress('objections', product), name: t.page.inbox, may: visit.may('objections:read', product) },
    {
      href: `${href}/confirm-wording`,
      name: t.page.confirm,
      may:
        isOpen &&
        change.wordingOnly.length > 0 &&
        change.wordingConfirmedAt === null &&
        visit.may('changes:announce', product),
    },
    {
      href: `${href}/resend-failed`,
      name: t.page.resendFailed,
      may: isOpen && change.notices.failed > 0 && visit.may('notices:write', product),
    },
    { href: `${href}/close`, name: t.page.close, may: isOpen && waves > 0 && visit.may('changes:activate', product) },
    {
      href: `${href}/withdraw`,
      name: t.page.withdraw,
      may: isOpen && waves === 0 && visit.may('changes:withdraw', product),
    },
    { href: `${href}/evidence`, name: t.page.evidence, may: visit.may('mails:read', product) },
  ];
  return acts.filter(({ may }) => may);
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly lang?: Language;
  readonly href?: string;
}

function factsOf(
  { change, t, times, productName }: ChangeShown,
  about: readonly ShownProposal[],
  language: Language,
): Fact[] {
  const { facts } = t.page;
  const said = (name: string, text: Passage | null): Fact[] =>
    text === null ? [] : [{ name, value: text.text, lang: text.lang }];
  const when = (name: string, at: string | null, by: string | null): Fact[] =>
    at === null
      ? []
      : [{ name, value: by === null ? times.moment(at) : t.page.by(times.moment(at), authorInWords(by, language)) }];
  const ofTwo = (name: string, at: string | null, by: string | null, kind: ProposalKind): Fact[] => {
    const proposedBy = proposerOf(about, kind, change.id);
    return when(name, at, by).map((fact) =>
      proposedBy === null
        ? fact
        : { ...fact, value: t.page.proposedBy(fact.value, authorInWords(proposedBy, language)) },
    );
  };
  const { upstream } = change;
  return [
    { name: facts.product, value: productName },
    { name: facts.kind, value: t.kind[change.kind] },
    { name: facts.needs, value: needsOf(change.regime, t) },
    ...said(facts.reason, passage(change.reason, language)),
    ...ofTwo(facts.announced, change.announcedAt, change.announcedBy, 'announcement'),
    ...(change.toldSince === null ? when(facts.heldUntil, change.heldUntil, null) : []),
    { name: facts.planned, value: times.day(change.plannedActivationOn) },
    ...(change.lastDeadline === null ? [] : [{ name: facts.lastDeadline, value: times.deadline(change.lastDeadline) }]),
    ...(upstream === null
      ? []
      : [
          {
            name: facts.upstream,
            value: t.page.upstream(
              times.day(upstream.noticeReceivedOn),
              times.day(upstream.effectiveOn),
              upstream.objectBy && times.day(upstream.objectBy),
            ),
          },
        ]),
    ...(change.wordingOnly.length === 0
      ? []
      : [
          {
            name: facts.wording,
            value:
              change.wordingConfirmedAt === null
                ? t.page.unconfirmedWording
                : t.page.confirmedWording(
                    times.moment(change.wordingConfirmedAt),
                    authorInWords(change.wordingConfirmedBy ?? '', language),
                  ),
          },
        ]),
    ...said(facts.separation, change.separation && passage(change.separation, language)),
    ...(change.supersedes === null
      ? []
      : [{ name: facts.supersedes, value: t.page.seeEarlier, href: changeAddress(change.supersedes) }]),
    ...ofTwo(facts.activated, change.activatedAt, change.activatedBy, 'activation'),
    ...when(facts.withdrawn, change.withdrawnAt, change.withdrawnBy),
    ...said(facts.withdrawalReason, change.withdrawalReason && passage(change.withdrawalReason, language)),
  ];
}

function needsOf(regime: Regime, t: ChangeTexts): string {
  if (onlyInforms(regime)) return t.page.needs.information;
  if (regime.objection && regime.approval) return t.page.needs.both;
  return regime.approval ? t.page.needs.approval : t.page.needs.objection;
}
