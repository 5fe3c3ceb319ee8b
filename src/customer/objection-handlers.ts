import type { FastifyReply } from 'fastify';
import type { FiledObjection } from '../commands/file-objection.ts';
import { objectThroughLink, type CountedAttempt } from '../commands/object-through-link.ts';
import { Refused } from '../domain/refused.ts';
import type { StoredObjection } from '../db/objections.ts';
import { inTransaction } from '../db/postgres.ts';
import { instantText } from '../domain/instant.ts';
import { viewOfObjection, type ObjectionRefusal } from '../domain/objection.ts';
import type { PageStatement } from '../domain/page-statement.ts';
import {
  authorOf,
  openLink,
  pathsOf,
  findChangeAndWindow,
  type CustomerLink,
  type LinkRequest,
  type PageDependencies,
} from './customer-link.ts';
import { chosenLanguage, pageLanguage } from '../web/language.ts';
import { objectionPage } from './objection-page.ts';
import { errorOfRefusal, errorsOfFaults, REFUSAL_STATUS, type RejectedAttempt } from './form-errors.ts';
import { readObjection, type Submission } from './form-fields.ts';
import { statedToObjector } from './page-statement.ts';
import { oneObjectionPage } from './receipt-page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { sendLinkPage } from './send-link-page.ts';

/** `GET /objections/:token`: the page behind a link. */
export function showObjectionPage(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    return sendLinkPage(
      reply,
      200,
      'customer/views/objection',
      await objectionPage(dependencies, link, request, dependencies.clock()),
    );
  };
}

/**
 * `POST /objections/:token`: files an objection. The response to a form is a redirect to the receipt, or the form again with
 * the typed text and its errors. A program gets the objection or a problem.
 */
export function receiveObjection(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // The body has been received in full. No lock or wait from here on makes the objection late (D16).
    const receivedAt = dependencies.clock();
    const link = await openLink(dependencies, request.params.token);
    const submission = readObjection(request);
    if (submission.reasons.fault ?? submission.name.fault) {
      return showFaults(dependencies, request, reply, { link, submission, receivedAt });
    }
    const filed = await file(dependencies, link, request, submission, receivedAt);
    if (prefersJson(request)) return respondToProgram(reply, link, filed);
    if (filed.refusal === null) {
      if (!link.isOfContact) return showReceived(dependencies, request, reply, link, filed.objection);
      return reply.redirect(pathsOf(link, chosenLanguage(request)).receipt(filed.objection.id), 303);
    }
    return showRefusal(dependencies, request, reply, {
      link,
      submission,
      receivedAt,
      filed: { ...filed, refusal: filed.refusal },
    });
  };
}

/** Files an objection, and commits also if it does not count: a rejected attempt is kept on record (D15, D16). */
async function file(
  dependencies: PageDependencies,
  link: CustomerLink,
  request: LinkRequest,
  { reasons, name }: Submission,
  receivedAt: Temporal.Instant,
): Promise<FiledObjection | CountedAttempt> {
  const { pool, clock, withoutSecrets } = dependencies;
  const { id: messageId, changeId, controllerId, email, name: contactName } = link.message;
  const stated = prefersJson(request) ? null : await statedTo(dependencies, link, request);
  return inTransaction(pool, (tx) =>
    objectThroughLink(
      tx,
      {
        changeId,
        controllerId,
        messageId,
        from: { name: name.text === '' ? contactName : withoutSecrets(name.text), email },
        reasons: reasons.text === '' ? null : withoutSecrets(reasons.text),
        receivedAt,
        stated,
      },
      authorOf(link, clock()),
    ),
  );
}

/** What the page states that the form stands on. */
async function statedTo(
  dependencies: PageDependencies,
  link: CustomerLink,
  request: LinkRequest,
): Promise<PageStatement> {
  const { change, window } = await findChangeAndWindow(dependencies, link);
  return statedToObjector(change, window, pageLanguage(request, link.message.language).language);
}

function respondToProgram(
  reply: FastifyReply,
  link: CustomerLink,
  { objection, refusal, deadline }: FiledObjection | CountedAttempt,
): FastifyReply {
  if (refusal !== null) {
    const until = deadline && instantText(deadline);
    const detail: Readonly<Record<ObjectionRefusal, string>> = {
      'reasons-required': `An objection must state the controller's specific reasons; it can be sent again${until === null ? '' : ` until ${until}`}.`,
      'window-closed': `The objection came after the deadline, ${until ?? ''}.`,
      'agreement-ended': 'The controller’s agreement has ended, so the change no longer concerns it.',
      'change-ended': 'The change has been activated or withdrawn.',
      'no-objection-window':
        'The change gives no time to object (D40). Where it asks for approval, what was sent is a refusal, and stands (D41).',
    };
    const onRecord =
      objection === null
        ? 'Many attempts came through this link. They are counted; the first and the latest are kept with their texts.'
        : `The attempt is on record as number ${objection.number}.`;
    throw new Refused(refusal, `${detail[refusal]} ${onRecord}`, {
      deadline: until,
    });
  }
  reply.code(201);
  // Who has left and sends its own text again learns nothing of what has become of it (D25).
  if (!link.isOfContact) return reply.send(viewOfObjection({ ...objection, withdrawal: null }));
  return reply.header('location', pathsOf(link, null).receipt(objection.id)).send(viewOfObjection(objection));
}

/**
 * Sends what a former contact gets instead of a receipt, which its link does not open: that the objection has been received.
 * The page has no address of its own. Loaded again, it sends the same text again, which is the same objection.
 */
async function showReceived(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  link: CustomerLink,
  objection: StoredObjection,
): Promise<FastifyReply> {
  const page = await oneObjectionPage(dependencies, link, objection, request);
  return sendLinkPage(reply, 201, 'customer/views/received', { ...page, otherLanguagePath: null });
}

interface Received {
  readonly link: CustomerLink;
  readonly submission: Submission;
  readonly receivedAt: Temporal.Instant;
}

/** Sends the page again, with the typed text and why it cannot be filed. */
async function showFaults(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  { link, submission, receivedAt }: Received,
): Promise<FastifyReply> {
  const { reasons, name } = submission;
  const { language } = pageLanguage(request, link.message.language);
  const isRepeated = [reasons, name].some(({ fault }) => fault?.because === 'repeated');
  const page = await objectionPage(dependencies, link, request, receivedAt, {
    reasons: reasons.text,
    name: name.text,
    errors: errorsOfFaults(submission, language),
  });
  return sendLinkPage(reply, isRepeated ? 400 : 422, 'customer/views/objection', page);
}

/** Sends the page again, with the typed text and why the objection does not count. */
async function showRefusal(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  { link, submission, receivedAt, filed }: Received & { readonly filed: RejectedAttempt },
): Promise<FastifyReply> {
  const { language } = pageLanguage(request, link.message.language);
  const changeAndWindow = await findChangeAndWindow(dependencies, link);
  const page = await objectionPage(dependencies, link, request, receivedAt, {
    reasons: submission.reasons.text,
    name: submission.name.text,
    errors: [errorOfRefusal(filed, changeAndWindow, language)],
  });
  return sendLinkPage(reply, REFUSAL_STATUS[filed.refusal], 'customer/views/objection', page);
}
