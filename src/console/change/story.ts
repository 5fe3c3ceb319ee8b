import * as answers from '../../api/answers.ts';
import * as approvalList from '../../api/approval-list.ts';
import * as changeControllers from '../../api/change-controllers.ts';
import * as notices from '../../api/notices.ts';
import * as objectionList from '../../api/objection-list.ts';
import { notFound } from '../../domain/refused.ts';
import { RECORD_WORDS } from '../../domain/record-words.ts';
import { oneLine } from '../../domain/text.ts';
import { NO_FAULTS, type FormFaults } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { ofApprovalBy, proposalsAbout, waitingAmong } from '../proposals/waiting.ts';
import { scanField, scanLinks } from '../scans.ts';
import type { Visit } from '../visit.ts';
import { givenIn, storyAddress, withQuery } from '../addresses.ts';
import { changeShown } from './change-shown.ts';
import { saidIn } from './page.ts';
import { scannableIn, storyOf } from './story-items.ts';

/** The most of anything but messages that one customer's story shows. */
const SHOWN = 200;

/** What was typed into the forms of a customer's page. */
export interface TypedReach {
  readonly arrivedOn: string;
  readonly reference: string;
  readonly message: string;
  readonly evidence: string;
  /** What a scan is to be of. */
  readonly of: string;
}
const NOTHING_TYPED: TypedReach = { arrivedOn: '', reference: '', message: '', evidence: '', of: '' };

/** `GET /console/changes/:id/controllers/:externalId`: all that is on record of a customer and a change, on one page. */
export const story = consolePage('changes:read', (visit) => storyPage(visit));

/** The page, with what was typed into a form of it, and what was wrong with that. */
export async function storyPage(
  visit: Visit,
  { typed = NOTHING_TYPED, faults = NO_FAULTS }: { typed?: TypedReach; faults?: FormFaults } = {},
): Promise<Shown> {
  const { externalId = '' } = visit.params;
  const shown = await changeShown(visit);
  const { change, t, times, title, href } = shown;
  const params = { id: change.id };
  const { items: parts } = await visit.ask(changeControllers.list, { params, query: { externalId } });
  const [part] = parts;
  if (part === undefined) throw notFound(`controller ${externalId} that counts for change ${change.id}`);
  const messages = await visit.ask(notices.listToController, {
    params: { ...params, externalId },
    query: givenIn(visit.query, ['cursor']),
  });
  const ofController = { params, query: { controller: externalId, limit: SHOWN } };
  const said = {
    objections: (await visit.ask(objectionList.listOfChange, ofController)).items,
    approvals: (await visit.ask(approvalList.listOfChange, ofController)).items,
    // Not for readers: an answer quotes the notice with its link.
    answers: visit.may('answers:read', change.product)
      ? (await visit.ask(answers.listOfChange, ofController)).items
      : [],
  };
  const name = oneLine(part.name);
  const here = storyAddress(change.id, externalId);
  // One that was chosen stays in the form, whatever was wrong with it.
  const tried = messages.items.filter(({ id, attempts }) => attempts.length > 0 || id === typed.message);
  const scans = await scanLinks(visit, { changeId: change.id, controller: externalId, product: change.product });
  const mayReach = change.status === 'announced' && visit.may('notices:write', change.product);
  const about = change.regime.approval ? await proposalsAbout(visit, change.id, change.product) : [];
  const { facts } = t.story;
  return {
    view: 'console/change/views/story',
    title: t.story.title(name, title),
    status: faults.status,
    isError: faults.errors.length > 0,
    model: {
      t,
      href,
      here,
      heading: name,
      subheading: title,
      said: saidIn(visit.query, t),
      proposals: waitingAmong(ofApprovalBy(about, externalId), visit.language),
      errors: faults.errors,
      faults: faults.faults,
      typed,
      facts: [
        { name: facts.customer, value: part.externalId },
        { name: facts.state, value: t.windowState[part.state] },
        { name: facts.told, value: part.notifiedAt === null ? t.none : times.moment(part.notifiedAt) },
        ...(part.deadline === null ? [] : [{ name: facts.deadline, value: times.deadline(part.deadline) }]),
        ...(part.approval === null ? [] : [{ name: facts.approval, value: t.approvalState[part.approval.state] }]),
        ...(part.approval?.answerBy ? [{ name: facts.answerBy, value: times.deadline(part.approval.answerBy) }] : []),
        ...(part.reference === null ? [] : [{ name: facts.reference, value: part.reference }]),
        { name: facts.contacts, value: String(part.contacts.total) },
        ...(part.contacts.untold.length === 0
          ? []
          : [{ name: facts.untold, value: part.contacts.untold.map(({ email }) => email).join(', ') }]),
      ],
      items: storyOf({ shown, letters: part.letters, messages: messages.items, scans, ...said }, visit),
      next: messages.nextCursor && withQuery(here, { cursor: messages.nextCursor }),
      mayReach,
      reachable: mayReach
        ? tried.map(({ id, kind, email }) => ({
            value: id,
            name: `${RECORD_WORDS[visit.language].messages[kind]}: ${email}`,
          }))
        : [],
      scan: scanField(visit, 'scan'),
      letterScan: scanField(visit, 'letterScan'),
      record: visit.may('objections:file', change.product) ? `${here}/record` : null,
      scannable: visit.may('scans:write', change.product)
        ? scannableIn({ shown, letters: part.letters, ...said }, visit.language)
        : [],
      share: visit.may('mails:read', change.product)
        ? withQuery(`${href}/evidence/pack`, { controller: externalId })
        : null,
    },
  };
}
