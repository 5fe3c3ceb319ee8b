import { startSession } from '../../src/commands/sign-in.ts';
import { insertDraft } from '../../src/db/announcement-drafts.ts';
import { inTransaction, oneRow } from '../../src/db/postgres.ts';
import { rejectProposal } from '../../src/commands/decide-proposal.ts';
import { actorOfPerson } from '../../src/domain/author.ts';
import type { SignInMethod } from '../../src/domain/session.ts';
import { inIndia } from '../support/answering.ts';
import { approvalToConfirm, approve } from '../support/approving.ts';
import { Authenticator } from '../support/authenticator.ts';
import { aController, aProduct, aSubProcessor } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { linkFor } from '../support/passkeys.ts';
import { approveProposed, as, proposeAct, somebody } from '../support/proposing.ts';
import type { Receiver } from '../support/receiver.ts';
import { signIn, signInAgain, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  amending,
  announce,
  announceAnother,
  changeBody,
  entryNamed,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  objectThrough,
  partOf,
} from '../support/story.ts';
import type { TestVarsel } from '../support/varsel.ts';

/** When the pages are visited that have something to show. */
export const OPEN = '2026-03-04T09:00:00Z';
/** Where nothing has happened yet. */
export const EMPTY = '2026-02-10T09:00:00Z';

/** Somebody who looks; `null` is nobody, who is not signed in. */
export type Who = 'anne' | 'eva' | 'lars' | 'aase' | 'mette' | 'karen' | null;

/** The addresses of what is on record, by what it is. */
export interface OnRecord {
  readonly changes: Readonly<Record<'open' | 'asking' | 'activated' | 'withdrawn' | 'waves', string>>;
  readonly objections: Readonly<Record<'pending' | 'resolved' | 'late', string>>;
  readonly answer: string;
  readonly approval: string;
  readonly nomination: string;
  readonly mails: Readonly<Record<'stray' | 'automatic', string>>;
  readonly message: string;
  readonly proposals: Readonly<Record<'pending' | 'outdated' | 'held' | 'rejected' | 'terms' | 'invalid', string>>;
  readonly webhook: string;
  readonly key: string;
  readonly hold: string;
  readonly contact: string;
  readonly passkey: string;
  /** The address of a one-time link that nobody has used. */
  readonly link: string;
  /** The address of a form that was kept. */
  readonly kept: string;
  /** Drafts of Eva's. */
  readonly drafts: Readonly<Record<'addition' | 'replacement' | 'basis' | 'bare', string>>;
  readonly eva: string;
  /** A role of hers. */
  readonly role: string;
}

/** An addition as it is typed into the forms. */
const ANNOUNCED: Readonly<Record<string, string>> = {
  product: 'truetalk',
  kind: 'addition',
  'subProcessor.name': 'Sydlys Hosting ApS',
  'subProcessor.registrationNumber': '10000002',
  'subProcessor.address': 'Havnegade 2, 8000 Aarhus C',
  'subProcessor.country': 'DK',
  'subProcessor.contactPerson.name': 'Eva Lund',
  'subProcessor.contactPerson.email': 'eva@sydlys.example',
  'subProcessor.processing.da': 'Drift af servere til opkaldshistorik',
  'subProcessor.processing.en': 'Hosting of servers for call history',
  'subProcessor.personalData.da': 'Navn, telefonnummer og opkaldshistorik',
  'places.0.country': 'DK',
  'places.1.country': 'US',
  'places.1.basis': 'SCC',
  'reason.da': 'Driften samles hos én leverandør.',
  plannedActivationOn: '2026-04-20',
};

/** People of the company; of whom none has a session at another time than this one. */
export interface Staff {
  readonly of: Readonly<Record<Exclude<Who, null>, SignedInPerson>>;
  /** The cookie of a session of now. */
  cookieOf(who: Exclude<Who, null>): Promise<{ readonly name: string; readonly value: string }>;
}

/**
 * An administrator, an officer, a reader, an officer who came by a link and has no passkey yet, one whom nobody has given a role, and
 * an administrator who has passkeys and a form that came too late.
 */
export async function hire(varsel: TestVarsel): Promise<Staff> {
  const of = {
    anne: await signIn(varsel, { name: 'Anne Holm' }),
    eva: await signIn(varsel, { name: 'Eva Lund', role: 'officer', products: ['truetalk'] }),
    lars: await signIn(varsel, { name: 'Lars Bech', role: 'reader', products: ['truetalk'] }),
    aase: await signIn(varsel, { name: 'Åse Bæk', role: 'officer', method: 'link', hasFactors: false }),
    mette: await signIn(varsel, { name: 'Mette Kjær', role: null }),
    karen: await signIn(varsel, { name: 'Karen Lind' }),
  };
  return {
    of,
    async cookieOf(who) {
      const { id, cookie } = of[who];
      const hasFactors = who !== 'aase';
      const how = { method: (hasFactors ? 'openid' : 'link') as SignInMethod, hasFactors, userAgent: 'Firefox' };
      // Those two are asked for their factors anew where that is asked for.
      const minutes = who === 'karen' || who === 'lars' ? 20 : 0;
      const { secret } = await inTransaction(varsel.database.pool, (tx) =>
        startSession(tx, id, how, varsel.clock.now().subtract({ minutes })),
      );
      return { name: cookie.name, value: secret };
    },
  };
}

/** Tells the story that leaves something in every state, until {@link OPEN}, and has `receiver` as a webhook. */
export async function hangConsole(varsel: TestVarsel, { of: staff }: Staff, receiver: Receiver): Promise<OnRecord> {
  const { pool } = varsel.database;
  const officer = varsel.api('officer');
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet produkt' }));
  await haveControllers(varsel, [
    ...[1, 2, 3].map(aControllerOfTwo),
    aController(4, { name: 'Interessentskabet Jysk-Fynske Telefonsvarer- og Omstillingstjenester I/S' }),
    aController(5, { products: ['truetalk', 'andet'] }),
  ]);

  // In February: one that took effect, one that was withdrawn, and one for those who approve.
  const activated = await announce(varsel, { subProcessor: aSubProcessor(2), plannedActivationOn: '2026-02-21' });
  const withdrawn = await announce(varsel, { subProcessor: aSubProcessor(3), plannedActivationOn: '2026-02-21' });
  const separation = { da: 'Hver kundes data ligger for sig.', en: "Each customer's data stand apart." };
  const waves = await announce(varsel, {
    subProcessor: inIndia(aSubProcessor(4, { name: 'Tale til Tekst Transskriberingstjenester ApS' })),
    scope: 'each',
    separation,
    plannedActivationOn: '2026-02-21',
  });
  await varsel.deliver();
  await officer.post(`/v1/changes/${withdrawn}/withdraw`).send({ reason: { da: 'Leverandøren har trukket sig.' } });
  varsel.clock.set('2026-02-21T09:00:00Z');
  const lateLink = await linkOf(varsel, waves, 'kunde-3');
  await objectThrough(varsel, lateLink.split('/').at(-1) ?? '', 'Vi har været på ferie.');
  await approve(varsel, waves, ['kunde-2'], '2026-02-11T09:00:00Z');
  for (const each of [activated, waves]) await officer.post(`/v1/changes/${each}/activate`).expect(200);
  await varsel.deliver();

  // In March: one that is open, and one that asks.
  varsel.clock.set('2026-03-02T09:00:00Z');
  varsel.mailbox.refuse('dpo@kunde-4.example', { code: 550, message: '5.1.1 No such user here' });
  const open = await announce(varsel);
  const wording = await amending(varsel, 'Gintel', {
    processing: { da: 'Support, fejlretning og statistik', en: 'Support, debugging and statistics' },
    personalData: { da: 'Navn, nummer og opkaldsdata', en: 'Name, number and call data' },
  });
  const asking = await announce(varsel, {
    ...wording,
    wordingOnly: ['personalData'],
    regime: { objection: false, approval: true },
    plannedActivationOn: '2026-04-15',
  });
  varsel.clock.advance({ seconds: 130 });
  await varsel.deliver();
  varsel.clock.set('2026-03-03T08:00:00Z');
  const objected = async (customer: string, reasons: string): Promise<string> => {
    const link = await linkOf(varsel, open, customer);
    return (await objectThrough(varsel, link.split('/').at(-1) ?? '', reasons)).body.id;
  };
  const pending = await objected(
    'kunde-1',
    'Vi er uenige i, at opkaldshistorik kan behandles af en ny leverandør.\n\nVores brugere er blevet lovet, at data bliver, hvor de er.',
  );
  const resolved = await objected('kunde-2', 'Vi mangler oplysninger om, hvor længe data opbevares.');
  const doubtful = await objected('kunde-3', 'Se vores mail om det andet produkt.');
  const explanation = 'Kunden har fået oplysningerne.';
  await officer.post(`/v1/objections/${resolved}/resolve`).send({ outcome: 'accommodated', explanation }).expect(200);
  const approval = await approvalToConfirm(varsel, asking, 'kunde-2', '2026-03-03T08:00:00Z');
  const named = { name: 'Anna Vind', role: 'Direktør', email: 'direktion@kunde-3.example' };
  await varsel
    .customer()
    .post(`${await linkOf(varsel, asking, 'kunde-3')}/nominate`)
    .send(named)
    .expect(202);

  // Mails: an answer, one of whom nobody knows, and one that no person wrote.
  const notice = mailsTo(varsel, 'dpo@kunde-1.example', /indsigelse senest/).at(-1);
  if (notice === undefined) throw new Error('the first customer has no notice');
  const { reply } = returnAddressesOf(notice);
  const from = 'dpo@kunde-1.example';
  await mailIn(varsel, anAnswer('Tak for beskeden. Hvornår sker det, og hvor længe gemmes opkaldene?'), {
    from,
    to: reply,
  });
  const stray = `From: Ukendt <nogen@andetsteds.example>\nSubject: Om jeres brev\nMessage-ID: <1@x.example>\n\nHvem er I?\n`;
  await mailIn(varsel, stray, { from: 'nogen@andetsteds.example', to: 'varsel@telenor.example' });
  const away = anAnswer('Jeg holder ferie til og med den 13. marts.')
    .replace('Subject: SV:', 'Auto-Submitted: auto-replied\nSubject: Automatisk svar:')
    .replace('<AM0', '<AM1');
  await mailIn(varsel, away, { from, to: reply });

  const id = actorOfPerson(staff.eva.id);
  const propose = (overrides: object = {}) =>
    proposeAct(
      pool,
      {
        kind: 'announcement',
        announcement: changeBody({
          subProcessor: varsel.newCompany(),
          plannedActivationOn: '2026-04-15',
          ...overrides,
        }),
      },
      as(id, '2026-03-03T08:30:00Z'),
    );
  const outdated = await propose();
  await haveProduct(varsel, aProduct({ name: 'TrueTalk Plus' }));
  const held = await propose({ holdMinutes: 3 * 24 * 60 });
  await approveProposed(pool, held, as(actorOfPerson(staff.anne.id), '2026-03-03T09:00:00Z'));
  const rejected = await propose();
  const { id: _id, ...terms } = aProduct({ name: 'TrueTalk Plus', holdMinutes: 30, secondPerson: ['announcement'] });
  const newTerms = { kind: 'terms', product: 'truetalk', terms };
  const proposedTerms = await proposeAct(pool, newTerms, as(actorOfPerson(staff.anne.id), '2026-03-03T08:30:00Z'));
  const waiting = await propose();
  const invalid = await proposeAct(
    pool,
    { kind: 'invalid', objection: doubtful, explanation: 'Den handler om et andet produkt.', mailId: null },
    as(id, '2026-03-03T08:30:00Z'),
  );
  const ole = await somebody(pool, 'Ole', 'approver');
  await inTransaction(pool, (tx) =>
    rejectProposal(tx, rejected.id, 'Aftalen med leverandøren er ikke underskrevet.', as(ole, '2026-03-03T09:00:00Z')),
  );

  varsel.clock.set('2026-03-04T08:00:00Z');
  const { kept, passkey } = await ofKaren();
  await varsel.deliver();
  const admin = varsel.api();
  const webhook = await admin
    .post('/v1/webhooks')
    .send({ url: receiver.url, events: ['*'] })
    .expect(201);
  await announceAnother(varsel);
  await varsel.deliver();
  const made = await admin.post('/v1/keys').send({ name: 'Kontraktsystemet', role: 'reader' }).expect(201);
  const hold = await admin
    .post('/v1/legal-holds')
    .send({ controller: 'kunde-5', reason: 'Sag ved Retten på Frederiksberg' })
    .expect(201);
  const firstOf = async (address: string): Promise<string> => (await officer.get(address).expect(200)).body.items[0].id;
  return {
    changes: { open, asking, activated, withdrawn, waves },
    objections: { pending, resolved, late: await firstOf('/v1/objections?status=rejected') },
    answer: await firstOf(`/v1/changes/${open}/answers`),
    approval,
    nomination: await firstOf('/v1/nominations?status=waiting'),
    mails: {
      stray: await firstOf('/v1/mails?attributed=false'),
      automatic: await firstOf('/v1/mails?takenAs=automatic'),
    },
    message: (await partOf(varsel, open, 'kunde-1')).notices[0].id,
    proposals: {
      pending: waiting.id,
      outdated: outdated.id,
      held: held.id,
      rejected: rejected.id,
      terms: proposedTerms.id,
      invalid: invalid.id,
    },
    webhook: webhook.body.id,
    key: made.body.id,
    hold: hold.body.id,
    contact: await firstOf('/v1/controllers/kunde-1/contacts'),
    passkey,
    link: await linkFor(varsel, staff.lars),
    kept,
    drafts: {
      addition: await drafted(ANNOUNCED),
      replacement: await drafted({ ...ANNOUNCED, kind: 'replacement', entry: (await entryNamed(varsel, 'Google')).id }),
      basis: await drafted({ product: 'truetalk', kind: 'transfer-basis' }),
      bare: await drafted({ product: 'truetalk', kind: 'addition' }),
    },
    eva: staff.eva.id,
    role: (await oneRow<{ id: string }>(pool, 'select id from person_roles where person_id = $1', [staff.eva.id])).id,
  };

  async function drafted(fields: Readonly<Record<string, string>>): Promise<string> {
    const once = JSON.stringify(fields);
    return (await insertDraft(pool, { personId: staff.eva.id, once, fields }, varsel.clock.now())).id;
  }

  /** Registers passkeys of hers as her browser would, and sends a form of that session when it has ended. */
  async function ofKaren(): Promise<{ readonly passkey: string; readonly kept: string }> {
    const karen = await signInAgain(varsel, staff.karen);
    for (const name of ['Min telefon', 'Nøglen i skuffen']) {
      const asked = await karen.get('/console/passkeys/new/options').expect(200);
      const proof = new Authenticator(new URL(varsel.url).origin).create(asked.body);
      await karen.post('/console/passkeys/new', { name, passkey: proof }).expect(303);
    }
    const { id: first } = await oneRow<{ id: string }>(
      pool,
      'select id from passkeys where person_id = $1 order by id limit 1',
      [staff.karen.id],
    );
    varsel.clock.set(OPEN);
    const form = { name: 'Ib Schønberg', email: 'ib@telenor.example', role: 'reader', products: 'truetalk' };
    const { headers } = await karen.post('/console/people/new', form).expect(303);
    const to = new URL(headers.location ?? '', varsel.url).searchParams.get('to');
    return { passkey: first, kept: to ?? 'it was not kept' };
  }
}
