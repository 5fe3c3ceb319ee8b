import { z } from 'zod';
import { recordBounce } from '../commands/record-bounce.ts';
import { stateArrival } from '../commands/state-arrival.ts';
import { findMailOfReport, findNotice, type NoticeOnRecord } from '../db/notices.ts';
import { BOUNCE_EFFECTS, REPORTED_ACTIONS } from '../domain/delivery-report.ts';
import { instantText } from '../domain/instant.ts';
import { MESSAGE_KINDS, SEND_OUTCOMES } from '../domain/message.ts';
import { OBJECTION_REFUSALS } from '../domain/objection.ts';
import { notFound } from '../domain/refused.ts';
import { command, query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, language, openEnum, prose, uuid } from './fields.ts';
import { rawMail, viewOfRawMail } from './raw-mail.ts';

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
    examples: [
      {
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
        furtherAttempts: { count: 0, latest: [] },
      },
    ],
  });

const providersReport = z
  .strictObject({
    action: z.enum(REPORTED_ACTIONS),
    status: z
      .string()
      .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'Expected an enhanced status code like 5.1.1')
      .meta({ maxLength: 9, examples: ['5.1.1'] })
      .nullable()
      .default(null),
    diagnostic: prose(2_000).nullable().default(null),
    evidence: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'DeliveryReport',
    description:
      'What a mail provider says became of a notice, in the words of RFC 3464, with its own report as evidence.',
    examples: [
      {
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 No such user here',
        evidence: { provider: 'mail.example', event: 'hard_bounce', occurredAt: '2026-11-25T08:15:00Z' },
      },
    ],
  });

const recorded = z
  .object({
    id: uuid,
    noticeId: uuid,
    controller: z.string(),
    effect: openEnum(BOUNCE_EFFECTS),
  })
  .meta({
    id: 'RecordedReport',
    description:
      '`none`: it is on record. `revoked`: the notice does not stand any more. `reopened`: no notice to its controller does, nothing proves that one arrived, and its window has closed as not notified (D12, D30). `incident`: the same, after activation.',
    examples: [{ id: EXAMPLE_ID, noticeId: EXAMPLE_ID, controller: 'kunde-1001', effect: 'reopened' }],
  });

const arrival = z
  .object({
    id: uuid,
    noticeId: uuid,
    controller: externalId,
    effect: openEnum(['none', 'restored']),
    deadline: instantOut.nullable(),
  })
  .meta({
    id: 'StatedArrival',
    description:
      '`restored`: the window that a bounce had closed as not notified stands again, until `deadline`. `none`: it stood already. The statement is on record either way, and no later bounce closes the window (D30).',
    examples: [
      {
        id: EXAMPLE_ID,
        noticeId: EXAMPLE_ID,
        controller: 'kunde-1001',
        effect: 'restored',
        deadline: '2026-12-03T23:00:00.000Z',
      },
    ],
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

export const getMailOfReport = query({
  operationId: 'getMailOfReport',
  summary: 'The mail that a report on a notice came in, byte for byte',
  tag: 'Notices',
  scope: 'mails:read',
  params: z.object({ id: uuid, reportId: uuid }),
  responses: { 200: rawMail },
  refusals: ['not-found'],
  read: async (db, { params: { id: messageId, reportId } }) => {
    const raw = await findMailOfReport(db, { messageId, reportId });
    if (raw === null) throw notFound(`report ${reportId} on notice ${messageId} that came by mail`);
    return viewOfRawMail(raw);
  },
});

export const bounce = command({
  operationId: 'recordBounce',
  summary: 'Record what a mail provider reports of a notice (D12)',
  tag: 'Notices',
  scope: 'notices:write',
  params,
  body: providersReport,
  responses: { 200: recorded },
  refusals: ['not-found', 'notice-in-flight'],
  write: async (tx, { params: { id: wanted }, body: { evidence, ...given }, by }) => {
    const { message, effect, ...bounced } = await recordBounce(
      tx,
      wanted,
      { ...given, recipients: [] },
      { evidence },
      by,
    );
    return { status: 200, body: { id: bounced.id, noticeId: message.id, controller: message.controller, effect } };
  },
  alarm: ({ body }) =>
    (body as z.output<typeof recorded>).effect === 'incident' ? 'a notice bounced after activation' : null,
});

export const reached = command({
  operationId: 'recordArrival',
  summary: 'State, with evidence, that a notice reached its controller (D30)',
  tag: 'Notices',
  scope: 'notices:write',
  params,
  body: z.strictObject({ evidence: prose(5_000) }).meta({
    id: 'ArrivalEvidence',
    examples: [{ evidence: 'Dorthe Persson har bekræftet i telefonen 2. december, at hun læste underretningen.' }],
  }),
  responses: { 200: arrival },
  refusals: ['not-found', 'change-ended', 'notice-never-accepted'],
  write: async (tx, { params: { id: wanted }, body: { evidence }, by }) => {
    const { id, notice: stated, isRestored, deadline } = await stateArrival(tx, wanted, evidence, by);
    return {
      status: 200,
      body: {
        id,
        noticeId: stated.id,
        controller: stated.controller,
        effect: isRestored ? 'restored' : 'none',
        deadline: deadline && instantText(deadline),
      },
    };
  },
});

function viewOfNotice(found: NoticeOnRecord) {
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
    furtherAttempts: {
      count: found.furtherAttempts.count,
      latest: found.furtherAttempts.latest.map((each) => ({ ...each, receivedAt: instantText(each.receivedAt) })),
    },
  };
}
