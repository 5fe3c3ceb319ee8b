import { z } from 'zod';
import { findChange } from '../db/changes.ts';
import { findController } from '../db/controllers.ts';
import {
  findMailOfReport,
  findNotice,
  listMessagesTo,
  type MessageOnRecord,
  type NoticeOnRecord,
} from '../db/notices.ts';
import { BOUNCE_EFFECTS, REPORTED_ACTIONS } from '../domain/delivery-report.ts';
import { instantText } from '../domain/instant.ts';
import { MESSAGE_KINDS, SEND_OUTCOMES } from '../domain/message.ts';
import { OBJECTION_REFUSALS } from '../domain/objection.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { list as listing, placed } from '../http/list.ts';
import { query, type FileResponse } from '../http/operation.ts';
import { mailAsSent, type MailAsSent } from '../mail/as-sent.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, language, openEnum, uuid } from './fields.ts';
import { rawMail, viewOfRawMail } from './raw-mail.ts';

const exampleMessage = {
  id: EXAMPLE_ID,
  kind: 'notice',
  changeId: EXAMPLE_ID,
  controller: 'kunde-1001',
  email: 'dpo@kunde.example',
  name: 'Dorthe Persson',
  language: 'da',
  status: 'failed',
  createdAt: '2026-11-23T09:30:00.000Z',
  acceptedAt: null,
  attempts: [
    {
      startedAt: '2026-11-23T09:30:01.000Z',
      finishedAt: '2026-11-23T09:30:02.000Z',
      outcome: 'accepted',
      responseCode: 250,
      response: '250 2.0.0 Ok: queued as 4F2A9',
      tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384',
      printedDeadline: '2026-12-03T23:00:00.000Z',
    },
  ],
  reports: [
    {
      id: EXAMPLE_ID,
      action: 'failed',
      status: '5.1.1',
      diagnostic: '550 5.1.1 No such user here',
      recipient: 'dpo@kunde.example',
      effect: 'reopened',
      recordedAt: '2026-11-23T09:31:00.000Z',
      recordedBy: 'Varsel',
      mailId: EXAMPLE_ID,
    },
  ],
  arrivals: [],
};

const notice = z
  .object({
    id: uuid,
    kind: openEnum(MESSAGE_KINDS),
    changeId: uuid,
    controller: externalId,
    email: z.string(),
    name: z.string(),
    language,
    status: z.enum(['pending', 'accepted', 'failed', 'cancelled']),
    createdAt: instantOut,
    acceptedAt: instantOut.nullable(),
    attempts: z.array(
      z.object({
        startedAt: instantOut,
        finishedAt: instantOut,
        outcome: z.enum(SEND_OUTCOMES),
        responseCode: z.number().int().nullable(),
        response: z.string().nullable(),
        tls: z.string().nullable(),
        printedDeadline: instantOut.nullable(),
      }),
    ),
    reports: z.array(
      z.object({
        id: uuid,
        action: z.enum(REPORTED_ACTIONS),
        status: z.string().nullable(),
        diagnostic: z.string().nullable(),
        recipient: z.string().nullable(),
        effect: openEnum(BOUNCE_EFFECTS),
        recordedAt: instantOut,
        recordedBy: z.string(),
        mailId: uuid.nullable(),
      }),
    ),
    arrivals: z.array(z.object({ id: uuid, evidence: z.string(), recordedAt: instantOut, recordedBy: z.string() })),
    furtherAttempts: z.object({
      count: z.number().int(),
      latest: z.array(
        z.object({
          rejectedFor: z.enum(OBJECTION_REFUSALS),
          name: z.string().nullable(),
          reasons: z.string().nullable(),
          receivedAt: instantOut,
        }),
      ),
    }),
  })
  .meta({
    id: 'Notice',
    description:
      'A message to one contact, and what became of it: every attempt with the mail server’s own words, every report that came afterwards, and what officers stated of its arrival. `recipient` is the address that a report names, which is a member’s where an alias passed the message on. `mailId` is the mail that a report came in, which officers read at `/v1/mails/{id}`. `furtherAttempts` are rejected attempts to object through its link, after the first 20, which are objections: they are counted, and the latest 20 kept with their texts (D15).',
    examples: [{ ...exampleMessage, furtherAttempts: { count: 0, latest: [] } }],
  });

const params = z.object({ id: uuid });

export const get = query({
  operationId: 'getNotice',
  summary: 'A notice or another message to a contact: attempts, and what was reported of it',
  tag: 'Notices',
  scope: 'notices:read',
  params,
  responses: { 200: notice },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => {
    const found = await findNotice(db, wanted);
    if (found === null) throw notFound(`notice ${wanted}`);
    return viewOfNotice(found);
  },
});

const message = notice.omit({ furtherAttempts: true }).meta({
  id: 'MessageOnRecord',
  description: 'As `Notice`, without what came through its link.',
  examples: [exampleMessage],
});

export const listToController = listing({
  operationId: 'listMessagesToController',
  summary: 'Every message to a controller about a change: to whom, when, and what became of it (D63)',
  tag: 'Changes',
  scope: 'notices:read',
  params: z.object({ id: uuid, externalId }),
  item: message,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { id: changeId, externalId: wanted }, after, limit }) => {
    if ((await findChange(db, changeId)) === null) throw notFound(`change ${changeId}`);
    const controller = await findController(db, wanted);
    if (controller === null) throw notFound(`controller ${wanted}`);
    const found = await listMessagesTo(db, { changeId, controllerId: controller.id }, { after, limit });
    return placed(found, ({ id }) => id, viewOfMessage);
  },
  columns: [
    'id',
    'kind',
    'email',
    'name',
    'language',
    'status',
    'createdAt',
    'acceptedAt',
    'attempts.finishedAt',
    'attempts.outcome',
    'attempts.response',
    'reports.recordedAt',
    'reports.action',
    'reports.diagnostic',
  ],
});

const sentMail = z.string().meta({
  format: 'binary',
  description:
    'The mail, byte for byte as it went to the mail server, with the header and its signature (D50). It holds a live link, so it is for officers.',
  examples: ['From: "Telenor A/S"\r\n <varsel@telenor.example>\r\nTo: "Dorthe Persson"\r\n <dpo@kunde.example>\r\n'],
});

export const getMail = query({
  operationId: 'getMailOfNotice',
  summary: 'The mail of a notice or another message, as it was sent: the last attempt, or the one of a number',
  tag: 'Notices',
  scope: 'mails:read',
  params,
  query: z.strictObject({
    attempt: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({
        description: 'Which attempt: 1 is the first in `attempts`. Left out, the last that composed a mail.',
        examples: [1],
      }),
  }),
  responses: { 200: sentMail },
  refusals: ['not-found', 'mail-not-kept', 'mail-erased', 'mail-not-the-same'],
  file: 'message/rfc822',
  read: async (
    db,
    { params: { id: messageId }, query: { attempt } },
    { mailMarks }: ApiDependencies,
  ): Promise<FileResponse> => {
    const found = await mailAsSent(db, mailMarks, messageId, attempt);
    if (found.status === 'kept') return { content: found.raw, name: `${messageId}-${found.attempt}.eml` };
    if (found.status !== 'not-attempted') throw withoutMail(found);
    if ((await findNotice(db, messageId)) === null) throw notFound(`notice ${messageId}`);
    if (attempt !== undefined) throw notFound(`attempt ${attempt} of notice ${messageId}`);
    throw new Refused('mail-not-kept', 'No attempt to send it is on record yet.');
  },
});

function withoutMail(found: Exclude<MailAsSent, { status: 'kept' | 'not-attempted' }>): Refused {
  const which = `attempt ${found.attempt}`;
  switch (found.status) {
    case 'not-composed':
      return new Refused(
        'mail-not-kept',
        `No mail is on record with ${which}: none was composed, or its process ended before it recorded an outcome.`,
      );
    case 'erased':
      return new Refused(
        'mail-erased',
        `Something of a person in the mail of ${which} has been erased since it was sent.`,
      );
    case 'not-the-same':
      return new Refused(
        'mail-not-the-same',
        `The mail of ${which} had the SHA-256 ${found.sha256}, and what is made again has another: APP_SECRET is not the one that it was sent with.`,
      );
  }
}

export const getMailOfReport = query({
  operationId: 'getMailOfReport',
  summary: 'The mail that a report on a notice came in, byte for byte',
  tag: 'Notices',
  scope: 'mails:read',
  params: z.object({ id: uuid, reportId: uuid }),
  responses: { 200: rawMail },
  refusals: ['not-found', 'mail-erased'],
  read: async (db, { params: { id: messageId, reportId } }) => {
    const raw = await findMailOfReport(db, { messageId, reportId });
    if (raw === null) throw notFound(`report ${reportId} on notice ${messageId} that came by mail`);
    return viewOfRawMail(raw);
  },
});

function viewOfNotice(found: NoticeOnRecord) {
  return {
    ...viewOfMessage(found),
    furtherAttempts: {
      count: found.furtherAttempts.count,
      latest: found.furtherAttempts.latest.map((each) => ({ ...each, receivedAt: instantText(each.receivedAt) })),
    },
  };
}

function viewOfMessage(found: MessageOnRecord) {
  return {
    ...found,
    createdAt: instantText(found.createdAt),
    acceptedAt: found.acceptedAt && instantText(found.acceptedAt),
    attempts: found.attempts.map((attempt) => ({
      ...attempt,
      startedAt: instantText(attempt.startedAt),
      finishedAt: instantText(attempt.finishedAt),
      printedDeadline: attempt.printedDeadline && instantText(attempt.printedDeadline),
    })),
    reports: found.reports.map((report) => ({ ...report, recordedAt: instantText(report.recordedAt) })),
    arrivals: found.arrivals.map((each) => ({ ...each, recordedAt: instantText(each.recordedAt) })),
  };
}
