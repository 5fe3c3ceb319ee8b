import { show as previewChange } from '../../api/change-preview.ts';
import { get as getChange } from '../../api/changes.ts';
import { get as getProposal, preview as previewProposal } from '../../api/proposals.ts';
import type { Queryable } from '../../db/postgres.ts';
import { comeToRole } from '../../domain/permission.ts';
import { roleGivenBy } from '../../domain/proposal.ts';
import { LANGUAGES, type Language } from '../../domain/text.ts';
import { changeAddress } from '../addresses.ts';
import { activationShown } from '../change/activation-shown.ts';
import { changeTextsIn } from '../change/texts.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { isOfPerson } from '../author-words.ts';
import { NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { namesOfProducts } from '../own-products.ts';
import { consolePage, type Shown } from '../page.ts';
import { problemInWords } from '../problem-words.ts';
import { fullMomentInWords } from '../times.ts';
import type { Visit } from '../visit.ts';
import { TAGS } from './list-page.ts';
import {
  clausesIn,
  comparisonsOf,
  decisionsOf,
  demandsIn,
  factsOf,
  namesIn,
  placeInWords,
  termsOf,
  titleOf,
  valueInWords,
  type ShownProposal,
} from './proposal-shown.ts';
import { proposalTextsIn } from './texts.ts';

/** `GET /console/proposals/:id`: what is proposed, what it would do now, and who has decided what. */
export const showProposal = consolePage('proposals:read', (visit, dependencies) => pageOf(visit, dependencies));

/** The page of a proposal, with what its form was refused for. Throws what no form of it can mend. */
export async function pageOf(
  visit: Visit,
  { isTrial, api }: Pick<ConsoleDependencies, 'isTrial' | 'api'>,
  { status: answered, errors, faults }: FormFaults = NO_FAULTS,
): Promise<Shown> {
  const { language, params, person, query } = visit;
  const t = proposalTextsIn(language);
  const proposal = await proposalOf(visit);
  const { status, kind } = proposal;
  const names = await namesIn(api.pool, [proposal], await namesOfProducts(visit));
  const heading = titleOf(proposal, names, language);
  const isPending = status === 'pending';
  const now = isPending ? await visit.ask(previewProposal, { params }) : null;
  // With a key of their own, too, while it waits.
  const isOwn = now?.isOwn ?? isOfPerson(proposal.proposedBy, person);
  const mayDecide = isPending && visit.may('proposals:approve', proposal.product ?? undefined);
  // An approval that was recorded takes another person in a trial, too (D42).
  const mayBeOne = isTrial && kind !== 'approval';
  const role = roleGivenBy(proposal);
  const mayGive = role === null || comeToRole(person.grants, role, proposal.product);
  const isOutdated = now !== null && now.differences.length > 0;
  const isHeld = kind === 'announcement' && status === 'approved' && (await isStillHeld(visit, proposal));
  const isOfTheTwo = isOwn || proposal.decisions.some(({ by }) => isOfPerson(by, person));
  const mailLanguage = LANGUAGES.find((each) => each === query['mail']) ?? language;
  const base = `/console/proposals/${proposal.id}`;
  return {
    view: 'console/proposals/views/proposal',
    title: heading,
    status: answered,
    isError: errors.length > 0,
    model: {
      t,
      base,
      kind,
      heading,
      hash: proposal.hash,
      status: { name: t.statuses[status], tag: TAGS[status] || 'neutral' },
      sentence: sentenceOf(proposal, { isOwn, mayDecide: mayDecide && mayGive, mayBeOne, isHeld }, language),
      facts: factsOf(proposal, names, language),
      demands: demandsIn(proposal, language),
      clauses: clausesIn(proposal, language),
      what: t.what[whatIsShown(status, { isOutdated, isHeld })],
      activation: isPending && kind === 'activation' ? await activationOf(visit, proposal, api.pool) : null,
      comparisons: comparisonsOf(proposal, language),
      terms: termsOf(proposal, language),
      decisions: decisionsOf(proposal, language),
      differences: (now?.differences ?? []).map(({ path, was, is }) => [
        placeInWords(path, language),
        valueInWords(was, t),
        valueInWords(is, t),
      ]),
      refusals: [...new Set(now?.refusals.map(({ code }) => problemInWords(code, language)))],
      blockedChange: now !== null && now.blockers.length > 0 ? `/console/changes/${proposal.subject ?? ''}` : null,
      mail:
        kind === 'announcement' && isPending && visit.may('changes:announce', proposal.product ?? undefined)
          ? {
              src: `${base}/mail?language=${mailLanguage}`,
              ways: LANGUAGES.map((each) => ({
                name: t.mail.inLanguage[each],
                href: `${base}?mail=${each}#mail`,
                isHere: each === mailLanguage,
              })),
            }
          : null,
      canApprove: mayDecide && mayGive && (!isOwn || mayBeOne) && !isOutdated,
      canReject: mayDecide && !isOwn,
      canCancel: visit.may('proposals:write') && (isPending ? isOwn : isHeld && isOfTheTwo),
      isHeld,
      errors,
      faults,
      typedOf: (field: string) => textOf(visit.form, field),
    },
  };
}

/** The proposal that the address names. */
function proposalOf(visit: Visit): Promise<ShownProposal> {
  return visit.ask(getProposal, { params: visit.params });
}

/** What approving an activation does, as its proposer saw it; `null` for who may not ask that. */
async function activationOf(visit: Visit, { subject, product }: ShownProposal, db: Queryable) {
  if (subject === null || !visit.may('changes:activate', product ?? undefined)) return null;
  const change = await visit.ask(getChange, { params: { id: subject } });
  const t = changeTextsIn(visit.language);
  return { t, ...(await activationShown(visit, { change, t }, `${changeAddress(subject)}/activate`, db)) };
}

async function isStillHeld(visit: Visit, { decisions }: ShownProposal): Promise<boolean> {
  const made = decisions.at(-1)?.made;
  if (!made || !visit.may('changes:read')) return false;
  const change = await visit.ask(getChange, { params: { id: made } });
  return change.status === 'announced' && change.toldSince === null;
}

/** What an outcome is to who reads it: what is still ahead, what is done, or what came to nothing. */
function whatIsShown(
  status: ShownProposal['status'],
  { isOutdated, isHeld }: { readonly isOutdated: boolean; readonly isHeld: boolean },
): 'ahead' | 'done' | 'proposed' {
  if (status === 'approved') return isHeld ? 'ahead' : 'done';
  return status === 'pending' && !isOutdated ? 'ahead' : 'proposed';
}

function sentenceOf(
  { kind, status, expiresAt, decisions }: ShownProposal,
  seen: { isOwn: boolean; mayDecide: boolean; mayBeOne: boolean; isHeld: boolean },
  language: Language,
): string[] {
  const { state, byOnePerson } = proposalTextsIn(language);
  const until = fullMomentInWords(expiresAt, language);
  if (status === 'superseded') return [state.superseded[kind === 'invalid' ? kind : 'activation']];
  if (status === 'expired') return [state.expired(until)];
  if (status !== 'pending') {
    const isByOne = decisions.some((each) => each.byOnePerson);
    return [...(isByOne ? [byOnePerson] : []), ...(seen.isHeld ? [state.held] : [])];
  }
  const whose = seen.isOwn ? [seen.mayBeOne && seen.mayDecide ? state.ownInTrial : state.own] : [];
  const waits = seen.mayDecide && !seen.isOwn ? state.yours(until) : state.pending(until);
  return [waits, ...whose, ...(seen.mayDecide || seen.isOwn ? [] : [state.notYours])];
}

/** `GET /console/proposals/:id/mail`: the notice that an announcement would send, in the language that is asked for. */
export const showMail = consolePage('proposals:read', async (visit) => {
  const { act } = await proposalOf(visit);
  const { announcement } = act as { announcement?: unknown };
  const { messages } = await visit.ask(previewChange, { body: announcement });
  const mail = messages.find(({ language }) => language === visit.query['language']);
  // Written by us: no name or text of anybody is in it.
  return { mail: mail?.html ?? `<p>${proposalTextsIn(visit.language).mail.nobody}</p>` };
});
