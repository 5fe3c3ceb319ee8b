import { z } from 'zod';
import { beginTestNotice } from '../commands/begin-test-notice.ts';
import { appendToAuditLog } from '../db/audit-log.ts';
import { inSnapshot, inTransaction } from '../db/postgres.ts';
import { MESSAGE_KINDS, SEND_OUTCOMES } from '../domain/message.ts';
import { LANGUAGES, type Language } from '../domain/text.ts';
import { warning } from '../http/dry-run.ts';
import { preparedCommand, query } from '../http/operation.ts';
import { previewAnnouncement } from '../preview/preview-announcement.ts';
import { refuseTestAddress, sendTestNotice } from '../preview/test-notice.ts';
import { announceNoLaterThan, announcement, changeElement, regime } from './change-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_HASH, EXAMPLE_ID, exampleAnnouncement } from './examples.ts';
import { dayOut, email, language, line, uuid } from './fields.ts';

const count = z.number().int();

const preview = z
  .object({
    regime,
    elements: z.array(changeElement),
    controllers: z.object({
      total: count,
      withoutContact: count,
      withoutApprover: count
        .nullable()
        .meta({ description: 'How many have nobody who may approve (D42); null where the change needs no approval.' }),
    }),
    notices: z.object({ total: count, byLanguage: z.object({ da: count, en: count }) }),
    earliestPlannedActivationOn: dayOut,
    announceNoLaterThan,
    refusals: z.array(z.object({ code: z.string(), message: z.string(), path: z.string().nullable() })),
    warnings: z.array(warning),
    messages: z.array(
      z.object({
        kind: z.enum(MESSAGE_KINDS),
        language: z.enum(LANGUAGES),
        subject: z.string(),
        html: z.string(),
        text: z.string(),
      }),
    ),
    hash: z.string(),
  })
  .meta({
    id: 'Preview',
    description:
      '`refusals` are all reasons why the announcement would be refused, `warnings` what is worth a second look. `messages` are the mails that go out by themselves when all goes well, made out to a sample controller: the notice as it would read if it went out now, the reminder, and that the change is in force. They are in each language that a contact reads, and there are none while the replaced entry or the parent is unknown. Their link opens a sample page once a test notice of the same announcement has been sent. `hash` is what an announcement is bound to by `expect`.',
    examples: [
      {
        regime: { objection: true, approval: false },
        elements: [],
        controllers: { total: 3, withoutContact: 0, withoutApprover: null },
        notices: { total: 4, byLanguage: { da: 3, en: 1 } },
        earliestPlannedActivationOn: '2026-12-04',
        announceNoLaterThan: null,
        refusals: [],
        warnings: [{ code: 'planned-date-far', message: '2028-01-15 is more than a year away.' }],
        messages: [
          {
            kind: 'notice',
            language: 'en',
            subject: 'TrueTalk: new sub-processor Nordlys Hosting ApS – object by 3 December 2026 [VS-0000-0000]',
            html: '<!doctype html>…',
            text: 'TrueTalk: new sub-processor…',
          },
        ],
        hash: EXAMPLE_HASH,
      },
    ],
  });

/** The address of the page that a sample's link opens. */
const samplePage = (publicUrl: string, hash: string, lang: Language) => `${publicUrl}/samples/${hash}?lang=${lang}`;

export const show = query({
  operationId: 'previewChange',
  summary: 'See what an announcement would do, and the mails that would go out; nothing is written (D34)',
  tag: 'Changes',
  scope: 'changes:announce',
  body: announcement,
  responses: { 200: preview },
  refusals: ['not-found'],
  read: async (pool, { body, by }, { publicUrl }: ApiDependencies) => {
    const linkOf = samplePage.bind(null, publicUrl());
    const found = await inSnapshot(pool, (db) => previewAnnouncement(db, body, linkOf, by.at));
    return {
      ...found,
      earliestPlannedActivationOn: found.earliestPlannedActivationOn.toString(),
      announceNoLaterThan: found.announceNoLaterThan?.toString() ?? null,
      refusals: found.refusals.map(({ because, detail, path = null }) => ({ code: because, message: detail, path })),
    };
  },
});

const testNotice = z.strictObject({ announcement, to: z.strictObject({ email, name: line(200), language }) }).meta({
  id: 'TestNotice',
  examples: [
    { announcement: exampleAnnouncement, to: { email: 'eva@telenor.example', name: 'Eva Lund', language: 'da' } },
  ],
});

const sentTestNotice = z
  .object({
    id: uuid,
    outcome: z.enum(SEND_OUTCOMES),
    responseCode: z.number().int().nullable(),
    response: z.string(),
    subject: z.string(),
    samplePage: z.string(),
    hash: z.string(),
  })
  .meta({
    id: 'SentTestNotice',
    description:
      'What the mail server said. Whatever it was, a test notice is tried once. `samplePage` shows the page behind its link, for 30 days.',
    examples: [
      {
        id: EXAMPLE_ID,
        outcome: 'accepted',
        responseCode: 250,
        response: '250 2.0.0 Ok: queued',
        subject: 'PRØVE: TrueTalk: ny underdatabehandler Nordlys Hosting ApS – indsigelse senest 3. december 2026',
        samplePage: `https://varsel.example/samples/${EXAMPLE_HASH}?lang=da`,
        hash: EXAMPLE_HASH,
      },
    ],
  });

export const sendTest = preparedCommand({
  operationId: 'sendTestNotice',
  summary: 'Send one test notice, to an address of the company, and tell what the mail server said (D34)',
  tag: 'Changes',
  scope: 'changes:announce',
  body: testNotice,
  responses: { 200: sentTestNotice },
  refusals: [
    'not-found',
    'entry-unknown',
    'parent-unknown',
    'place-unknown',
    'test-address-not-allowed',
    'test-notice-limit',
  ],
  prepare: async (dependencies: ApiDependencies, { body: { announcement: announced, to }, by }) => {
    const { pool, publicUrl, testSending, withoutSecrets } = dependencies;
    refuseTestAddress(to, testSending);
    // On record before it is sent: a mail that nobody knows of cannot go out.
    const notice = await inTransaction(pool, (tx) => beginTestNotice(tx, announced, to, by));
    const { id, hash } = notice;
    const link = samplePage.bind(null, publicUrl(), hash);
    const sent = await sendTestNotice(notice, to, { send: testSending.send, link, now: by.at });
    const { outcome, responseCode, subject } = sent;
    const response = withoutSecrets(sent.response);
    const body = { id, outcome, responseCode, response, subject, samplePage: link(to.language), hash };
    return async (tx) => {
      const details = { testNotice: id, hash, outcome, responseCode };
      await appendToAuditLog(tx, by, [{ action: 'test-notice.sent', subject: announced.product, details }]);
      return { status: 200, body };
    };
  },
});
