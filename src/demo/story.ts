import type { Response } from './calls.ts';
import { contactNameOf, contactOf, customers } from './customers.ts';
import { expectAsTold } from './narrator.ts';
import { awaitAllNotices, type Announced } from './notices.ts';
import { registerTree, type Entry } from './register-tree.ts';
import { linkIn, type Stage } from './stage.ts';

const REASONS = 'Vi kender ikke Velkomst ApS og mangler en revisionserklæring, før vi kan vurdere sikkerheden.';

/** Tells of a replacement that a customer objects to, against a running service. Throws where it does not go as told. */
export async function tellStory(stage: Stage): Promise<void> {
  await importCustomers(stage);
  const change = await announceReplacement(stage, await showRegisterBefore(stage));
  const link = await awaitNotices(stage, change);
  await objectWithoutReasons(stage, link);
  const objectionId = await objectWithReasons(stage, link);
  await tryToActivate(stage, change);
  await resolveObjection(stage, objectionId);
  await activate(stage, change);
  await showRegisterAfter(stage, change);
}

async function importCustomers({ calls, narrator, controllers }: Stage): Promise<void> {
  narrator.chapter(`1. ${controllers.toLocaleString('en')} customers are imported · ${narrator.now()}`);
  const imported = await calls.api('POST', '/v1/controllers/import', ReadableStream.from(customers(controllers)));
  const { created, rejected } = imported.body;
  expectAsTold(created === controllers && rejected.length === 0, 'every line is created', imported);
  narrator.told(`${created} created, ${rejected.length} rejected`);
}

async function showRegister({ calls, narrator }: Stage): Promise<readonly Entry[]> {
  const { body } = await calls.api('GET', '/v1/products/truetalk/register');
  for (const line of registerTree(body.entries)) narrator.told(`  ${line}`);
  return body.entries;
}

/** Returns the ids of Userflow, which is replaced, and of Google, which leaves with it. */
async function showRegisterBefore(stage: Stage): Promise<{ userflow: string; google: string }> {
  stage.narrator.chapter('2. The register before');
  const entries = await showRegister(stage);
  const userflow = entries.find(({ name }) => name === 'Userflow Inc.');
  const google = entries.find(({ parentId }) => parentId === userflow?.id);
  const isAsTold = entries.length === 4 && userflow !== undefined && google !== undefined;
  expectAsTold(isAsTold, 'the four sub-processors of the terms are in the register', entries);
  return { userflow: userflow?.id ?? '', google: google?.id ?? '' };
}

async function announceReplacement(
  { calls, narrator, clock }: Stage,
  { userflow, google }: { userflow: string; google: string },
): Promise<Announced> {
  narrator.chapter(`3. A replacement is announced · ${narrator.now()}`);
  const today = clock().toZonedDateTimeISO('Europe/Copenhagen').toPlainDate();
  const announced = await calls.api('POST', '/v1/changes', {
    product: 'truetalk',
    kind: 'replacement',
    replaces: userflow,
    children: [{ entry: google, then: 'leaves' }],
    subProcessor: {
      name: 'Velkomst ApS',
      registrationNumber: '41000001',
      address: 'Åboulevarden 12, 8000 Aarhus C',
      country: 'DK',
      contactPerson: { name: 'Mette Kjær', email: 'privacy@velkomst.example' },
      processing: { da: 'Tilpasning af kundens onboardingflow', en: 'Adapts the customer’s onboarding flow' },
      personalData: {
        da: 'Navn, e-mailadresse, sprog, virksomhed og bruger-ID',
        en: 'Name, e-mail address, language, company and user ID',
      },
      locations: [{ country: 'DK', transferBasis: null }],
    },
    reason: {
      da: 'Behandlingen flyttes fra USA til Danmark, så der ikke længere overføres til et tredjeland',
      en: 'Processing moves from the USA to Denmark, so that nothing is transferred to a third country any more',
    },
    plannedActivationOn: today.add({ days: 11 }).toString(),
  });
  expectAsTold(announced.status === 201, 'the change is announced', announced);
  const change: Announced = announced.body;
  const { controllers, notices } = change;
  narrator.told(
    `${controllers.total} controllers (the examples of a first start among them), ${notices.total} notices to send`,
  );
  return change;
}

/** Waits until every notice has arrived. Returns the link in the last customer's. */
async function awaitNotices(stage: Stage, announced: Announced): Promise<string> {
  stage.narrator.chapter('4. Notices arrive, and each opens its controller’s window');
  const change = await awaitAllNotices(stage, announced);
  const { calls, narrator, controllers } = stage;
  const { notified, windowsOpen } = change.controllers;
  narrator.told(
    `${notified} of ${announced.controllers.total} notified, ${windowsOpen} windows open until ${change.lastDeadline}`,
  );
  // The last customer: the mailbox keeps the newest 1,000 mails.
  const contact = contactOf(controllers);
  const notice = await calls.mailTo(contact, 'Velkomst ApS');
  narrator.told(`To ${contact}: ${notice.subject}`);
  narrator.quote(notice.text.trim());
  const link = linkIn(notice.text);
  expectAsTold(link !== '', 'the notice carries a link', notice.text);
  return link;
}

async function objectWithoutReasons({ calls, narrator, controllers }: Stage, link: string): Promise<void> {
  narrator.chapter('5. A customer objects without reasons: rejected');
  const attempt = await calls.object(link, { reasons: 'Ingen.', name: contactNameOf(controllers) });
  const isAsTold = attempt.status === 422 && attempt.body.code === 'reasons-required';
  expectAsTold(isAsTold, 'an objection without reasons is rejected', attempt);
  narrator.told(attempt.body.detail);
}

async function objectWithReasons({ calls, narrator, controllers }: Stage, link: string): Promise<string> {
  narrator.chapter('6. The same customer objects with reasons');
  const objection = await calls.object(link, { reasons: REASONS, name: contactNameOf(controllers) });
  const isAsTold = objection.status === 201 && objection.body.status === 'pending';
  expectAsTold(isAsTold, 'an objection with reasons is pending', objection);
  const receipt = await calls.mailTo(contactOf(controllers), REASONS);
  narrator.told(`number ${objection.body.number}; receipt by e-mail: ${receipt.subject}`);
  return objection.body.id;
}

async function tryToActivate({ calls, narrator, moveClock }: Stage, { id }: Announced): Promise<void> {
  const blockersOf = ({ body }: Response) =>
    (body.blockers ?? []).map(({ code }: { code: string }) => code).join(', ') as string;
  const tryIt = async (expected: string, what: string) => {
    const refused = await calls.api('POST', `/v1/changes/${id}/activate`);
    narrator.told(blockersOf(refused));
    expectAsTold(refused.status === 409 && blockersOf(refused) === expected, what, refused);
  };
  narrator.chapter('7. Activation is refused, with every blocker');
  await tryIt(
    'objection-windows-open, objections-pending, planned-date-not-reached',
    'windows, the objection and the planned date block',
  );
  moveClock('P11D');
  narrator.told(`… the clock moves to ${narrator.now()}`);
  await tryIt('objections-pending', 'the objection alone still blocks');
}

async function resolveObjection({ calls, narrator, controllers }: Stage, objectionId: string): Promise<void> {
  narrator.chapter('8. The objection is resolved');
  const resolved = await calls.api('POST', `/v1/objections/${objectionId}/resolve`, {
    outcome: 'accommodated',
    explanation: 'Revisionserklæring (ISAE 3000) er sendt; kunden har bekræftet skriftligt, at den er tilstrækkelig.',
  });
  const isAsTold = resolved.status === 200 && resolved.body.resolution?.outcome === 'accommodated';
  expectAsTold(isAsTold, 'the objection is resolved', resolved);
  const message = await calls.mailTo(contactOf(controllers), 'ISAE 3000');
  narrator.told(`the controller is told: ${message.subject}`);
}

async function activate({ calls, narrator }: Stage, { id }: Announced): Promise<void> {
  narrator.chapter(`9. The change is activated · ${narrator.now()}`);
  const activated = await calls.api('POST', `/v1/changes/${id}/activate`);
  const isAsTold = activated.status === 200 && activated.body.status === 'activated';
  expectAsTold(isAsTold, 'the change is activated', activated);
}

async function showRegisterAfter(stage: Stage, { announcedAt }: Announced): Promise<void> {
  stage.narrator.chapter('10. The register after');
  const names = (await showRegister(stage)).map(({ name }) => name);
  const isReplaced = names.includes('Velkomst ApS') && !names.includes('Userflow Inc.');
  expectAsTold(isReplaced, 'the new entry is in, the replaced one is out', names);
  // The register's days are those of the product's time zone, which around midnight are not those of UTC.
  const day = Temporal.Instant.from(announcedAt).toZonedDateTimeISO('Europe/Copenhagen').toPlainDate();
  const { body } = await stage.calls.api('GET', `/v1/products/truetalk/register?asOf=${day.toString()}`);
  const isStillThere = body.entries.some(({ name }: Entry) => name === 'Userflow Inc.');
  expectAsTold(isStillThere, 'the register of a past day is still there', body);
}
