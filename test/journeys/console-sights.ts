import type { Page } from 'playwright-core';
import { workbook } from '../support/workbook.ts';
import type { OnRecord, Who } from './console-gallery.ts';

/** Where pages are looked at. */
export interface Looking {
  readonly page: Page;
  readonly url: string;
  readonly on: OnRecord;
}

/** A page of the console in one of its states, who looks at it, and how they get there. */
export interface ConsoleSight {
  readonly name: string;
  readonly by: Who;
  readonly see: (looking: Looking) => Promise<void>;
}

type Address = string | ((on: OnRecord) => string);

/** The page at an address below `/console`. */
const at = (name: string, address: Address, by: Who = 'anne'): ConsoleSight => ({
  name,
  by,
  see: ({ page, url, on }) => open(page, url, typeof address === 'string' ? address : address(on)),
});

async function open(page: Page, url: string, address: string): Promise<void> {
  if (address.includes('undefined')) throw new Error(`the gallery has nothing at ${address}`);
  await page.goto(`${url}/console${address}`);
}

/**
 * What a form is answered with, which is known by the end of its action, or by a field of it. `typed` is what its fields say, by their names; a box or a choice is ticked by its value.
 * `press` is the value of its button, where it has several.
 */
const sent = (
  name: string,
  address: Address,
  which: string,
  { typed = {}, press, by = 'anne' }: { typed?: Readonly<Record<string, string>>; press?: string; by?: Who } = {},
): ConsoleSight => ({
  name,
  by,
  async see(looking) {
    await at(name, address).see(looking);
    await send(looking.page, which, typed, press);
  },
});

async function send(page: Page, which: string, typed: Readonly<Record<string, string>> = {}, press?: string) {
  const form = page
    .locator(which.startsWith('/') ? `form[action$="${which}"]` : `main form:has([name="${which}"])`)
    .last();
  for (const [field, text] of Object.entries(typed)) await say(form.locator(`[name="${field}"]`), text);
  const buttons = form.locator(press === undefined ? 'button[type=submit]' : `button[value="${press}"]`);
  const loaded = page.waitForEvent('load');
  await buttons.first().click();
  await loaded;
}

async function say(fields: ReturnType<Page['locator']>, text: string): Promise<void> {
  const first = fields.first();
  const kind = await first.evaluate((field) => (field as unknown as { readonly type: string }).type);
  if (kind === 'radio' || kind === 'checkbox') await fields.and(fields.page().locator(`[value="${text}"]`)).check();
  else if (kind === 'select-one') await first.selectOption(text);
  else if (kind === 'hidden') await first.evaluate((field, value) => Object.assign(field, { value }), text);
  else await first.fill(text);
}

const change =
  (which: keyof OnRecord['changes'], below = '') =>
  (on: OnRecord) =>
    `/changes/${on.changes[which]}${below}`;
const objection = (which: keyof OnRecord['objections']) => (on: OnRecord) =>
  `/inbox/objections/${on.objections[which]}`;
const proposal = (which: keyof OnRecord['proposals']) => (on: OnRecord) => `/proposals/${on.proposals[which]}`;
const webhook =
  (below = '') =>
  (on: OnRecord) =>
    `/settings/webhooks/${on.webhook}${below}`;
const NEVER = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const CUSTOMER = '/customers/kunde-1';

/** The pages of an installation in which nothing has happened yet. */
export const EMPTY_SIGHTS: readonly ConsoleSight[] = [
  at('empty-today', ''),
  at('empty-changes', '/changes'),
  at('empty-proposals', '/proposals'),
  ...['objections', 'answers', 'approvals', 'nominations', 'mails'].map((each) =>
    at(`empty-${each}`, `/inbox/${each}`),
  ),
  at('empty-customers', '/customers'),
  at('empty-passkeys', '/passkeys'),
  at('empty-webhooks', '/settings/webhooks'),
  at('empty-retention', '/settings/retention?month=2030-12'),
  at('empty-evidence', '/settings/evidence'),
  at('empty-audit', '/settings/audit?actor=nobody'),
];

const draft = (which: keyof OnRecord['drafts'], step: string) => (on: OnRecord) =>
  `/announce/${on.drafts[which]}/${step}`;
const ANNOUNCING: readonly ConsoleSight[] = [
  at('announce', '/announce', 'eva'),
  sent('announce-faults', '/announce', '/announce'),
  ...['about', 'company', 'places', 'reason', 'when', 'review'].map((step) =>
    at(`announce-${step}`, draft('addition', step), 'eva'),
  ),
  at('announce-replacement', draft('replacement', 'company?find=Gintel'), 'eva'),
  at('announce-new-basis', draft('basis', 'places'), 'eva'),
  sent('announce-company-faults', draft('bare', 'company'), '/company', {
    typed: { 'subProcessor.contactPerson.email': 'eva' },
    press: 'next',
    by: 'eva',
  }),
  sent('announce-places-faults', draft('bare', 'places'), '/places', {
    typed: { 'places.0.country': 'US' },
    press: 'next',
    by: 'eva',
  }),
  sent('announce-when-faults', draft('bare', 'when'), '/when', {
    typed: { plannedActivationOn: '2026-03-05' },
    press: 'next',
    by: 'eva',
  }),
  at('announce-review-faults', draft('bare', 'review'), 'eva'),
  sent('announce-tested', draft('addition', 'review'), '/test', { by: 'eva' }),
];

const CHANGES: readonly ConsoleSight[] = [
  at('changes', '/changes'),
  at('changes-none', '/changes?q=findes-ikke'),
  at('change-open', change('open')),
  at('change-asking', change('asking')),
  at('change-activated', change('activated')),
  at('change-withdrawn', change('withdrawn')),
  at('change-waves', change('waves')),
  at('change-for-a-reader', change('open'), 'lars'),
  at('change-timeline', change('open', '/timeline')),
  at('change-customers', change('open', '/controllers')),
  at('change-customers-asked', change('asking', '/controllers?show=unanswered')),
  at('change-customers-none', change('open', '/controllers?q=findes-ikke')),
  at('change-customer', change('open', '/controllers/kunde-2')),
  at('change-customer-failed', change('open', '/controllers/kunde-4')),
  at('change-customer-for-a-reader', change('open', '/controllers/kunde-1'), 'lars'),
  sent('change-customer-letter-faults', change('open', '/controllers/kunde-4'), '/letter'),
  sent('change-customer-reached-faults', change('open', '/controllers/kunde-4'), '/reached'),
  at('change-record', change('asking', '/controllers/kunde-1/record')),
  sent('change-record-faults', change('asking', '/controllers/kunde-1/record'), '/record'),
  sent('change-scan-faults', change('asking', '/controllers/kunde-2'), '/scans'),
  at('change-mail', (on) => `/changes/${on.changes.open}/controllers/kunde-1/messages/${on.message}`),
  at('change-activate', change('asking', '/activate')),
  at('change-activate-blocked', change('open', '/activate')),
  at('change-withdraw', change('open', '/withdraw')),
  sent('change-withdraw-faults', change('open', '/withdraw'), '/withdraw'),
  sent('change-withdraw-preview', change('open', '/withdraw'), '/withdraw', {
    typed: { da: 'Leverandøren har trukket sig.' },
  }),
  at('change-close', change('waves', '/close')),
  sent('change-close-refused', change('open', '/close'), '/close'),
  at('change-confirm-wording', change('asking', '/confirm-wording')),
  sent('change-confirm-wording-refused', change('open', '/confirm-wording'), '/confirm-wording'),
  at('change-resend-failed', change('open', '/resend-failed')),
  at('change-evidence', change('open', '/evidence')),
];

const INBOX: readonly ConsoleSight[] = [
  at('inbox-answers', '/inbox/answers'),
  at('inbox-answer', (on) => `/inbox/answers/${on.answer}`),
  sent('inbox-answer-faults', (on) => `/inbox/answers/${on.answer}`, 'decision', {
    typed: { decision: 'not-an-objection' },
  }),
  at('inbox-answer-as-it-came', (on) => `/inbox/answers/${on.answer}/mail`),
  at('inbox-answer-for-a-reader', (on) => `/inbox/answers/${on.answer}`, 'lars'),
  at('inbox-objections', '/inbox/objections'),
  at('inbox-objection', objection('pending')),
  at('inbox-objection-resolved', objection('resolved')),
  at('inbox-objection-late', objection('late')),
  at('inbox-objection-for-a-reader', objection('pending'), 'lars'),
  sent('inbox-objection-faults', objection('pending'), 'outcome'),
  sent('inbox-objection-preview', objection('pending'), 'outcome', {
    typed: { outcome: 'accommodated', explanation: 'Behandlingen bliver i Danmark.' },
  }),
  at('inbox-approvals', '/inbox/approvals'),
  at('inbox-approval', (on) => `/inbox/approvals/${on.approval}`),
  sent('inbox-approval-faults', (on) => `/inbox/approvals/${on.approval}`, 'explanation'),
  at('inbox-nominations', '/inbox/nominations'),
  at('inbox-nomination', (on) => `/inbox/nominations/${on.nomination}`),
  sent('inbox-nomination-preview', (on) => `/inbox/nominations/${on.nomination}`, 'decide'),
  at('inbox-mails', '/inbox/mails'),
  at('inbox-mail', (on) => `/inbox/mails/${on.mails.stray}`),
  at('inbox-mail-automatic', (on) => `/inbox/mails/${on.mails.automatic}`),
  sent('inbox-mail-faults', (on) => `/inbox/mails/${on.mails.stray}`, 'dismissal'),
  at('inbox-mail-as-it-came', (on) => `/inbox/mails/${on.mails.stray}/mail`),
];

const PROPOSALS: readonly ConsoleSight[] = [
  at('proposals', '/proposals?status=all'),
  at('proposal', proposal('pending')),
  at('proposal-of-oneself', proposal('pending'), 'eva'),
  at('proposal-outdated', proposal('outdated')),
  at('proposal-held', proposal('held')),
  at('proposal-rejected', proposal('rejected')),
  at('proposal-terms', proposal('terms')),
  at('proposal-invalid', proposal('invalid')),
  sent('proposal-approve-refused', proposal('pending'), '/approve', { typed: { hash: '0'.repeat(64) } }),
  sent('proposal-reject-faults', proposal('pending'), '/reject'),
  sent('proposal-cancel-faults', proposal('pending'), '/cancel', { by: 'eva' }),
  at('proposal-gone', `/proposals/${NEVER}`),
];

const REGISTER_AND_CUSTOMERS: readonly ConsoleSight[] = [
  at('register', '/register?product=truetalk'),
  at('register-since', '/register?product=truetalk&since=2025-01-01'),
  at('register-empty', '/register?product=andet'),
  at('register-no-day', '/register?product=truetalk&asOf=31-02-2026'),
  at('register-of-nobody', '/register', 'mette'),
  at('customers', '/customers'),
  at('customers-none', '/customers?q=findes-ikke'),
  at('customer', CUSTOMER),
  at('customer-for-a-reader', CUSTOMER, 'lars'),
  at('customer-new', '/customers/new'),
  sent('customer-new-faults', '/customers/new', '/new'),
  at('customer-edit', `${CUSTOMER}/edit`),
  sent('customer-edit-faults', `${CUSTOMER}/edit`, '/edit', { typed: { name: '', registrationNumber: '' } }),
  at('contact-new', `${CUSTOMER}/contacts/new`),
  sent('contact-new-faults', `${CUSTOMER}/contacts/new`, '/new'),
  at('contact', (on) => `${CUSTOMER}/contacts/${on.contact}`),
  sent('contact-faults', (on) => `${CUSTOMER}/contacts/${on.contact}`, 'contactName', { typed: { email: 'eva' } }),
  at('customer-leave', `${CUSTOMER}/products/truetalk/leave`),
  at('import', '/customers/import'),
  sent('import-faults', '/customers/import', '/import'),
  {
    name: 'import-tried',
    by: 'anne',
    async see({ page, url }) {
      await open(page, url, '/customers/import');
      const rows = [
        ['Kundenummer', 'Navn', 'CVR', 'Produkter', 'E-mail'],
        ['ark-1', 'Fra arket A/S', '10000007', 'truetalk', 'dpo@ark.example'],
        ['ark-2', 'Uden mail A/S', '10000008', 'truetalk', 'ingen'],
        ['kunde-1', 'Kunde Ét A/S', '10000001', 'truetalk', 'dpo@kunde-1.example'],
      ];
      await page.setInputFiles('#file', {
        name: 'kunder.xlsx',
        mimeType: 'application/octet-stream',
        buffer: workbook(rows),
      });
      await send(page, '/import');
    },
  },
];

const SETTINGS: readonly ConsoleSight[] = [
  at('settings', '/settings'),
  at('settings-for-a-reader', '/settings', 'lars'),
  at('products', '/settings/products'),
  at('product', '/settings/products/truetalk'),
  at('product-new', '/settings/products/new'),
  sent('product-new-faults', '/settings/products/new', '/new'),
  at('product-edit', '/settings/products/truetalk/edit'),
  sent('product-edit-faults', '/settings/products/truetalk/edit', '/edit', { typed: { windowDays: '3' } }),
  sent('product-edit-meaning', '/settings/products/truetalk/edit', '/edit', {
    typed: { windowDays: '14', reason: 'Tillæg af 1. marts' },
  }),
  at('webhooks', '/settings/webhooks'),
  at('webhook', webhook()),
  at('webhook-new', '/settings/webhooks/new'),
  sent('webhook-new-faults', '/settings/webhooks/new', '/new'),
  sent('webhook-tested', webhook(), '/test'),
  sent('webhook-secret', webhook(), '/rotate'),
  sent('webhook-replay-faults', webhook(), '/replay'),
  at('webhook-edit', webhook('/edit')),
  sent('webhook-edit-faults', webhook('/edit'), '/edit', { typed: { url: 'ftp://x' } }),
  at('webhook-delete', webhook('/delete')),
  at('keys', '/settings/keys'),
  at('key-new', '/settings/keys/new'),
  sent('key-new-faults', '/settings/keys/new', '/new'),
  sent('key-made', '/settings/keys/new', '/new', { typed: { name: 'Økonomisystemet', role: 'reader' } }),
  at('key-revoke', (on) => `/settings/keys/${on.key}/revoke`),
  at('audit', '/settings/audit'),
  at('audit-faults', '/settings/audit?from=2026-02-30'),
  at('retention', '/settings/retention?month=2030-12'),
  at('hold-new', '/settings/retention/holds/new'),
  sent('hold-new-faults', '/settings/retention/holds/new', '/new'),
  at('hold-release', (on) => `/settings/retention/holds/${on.hold}/release`),
  sent('hold-release-faults', (on) => `/settings/retention/holds/${on.hold}/release`, '/release'),
  at('evidence', '/settings/evidence'),
  at('evidence-of-nobody', (on) => `/settings/evidence/pack?change=${on.changes.open}&controller=findes-ikke`),
];

const PEOPLE: readonly ConsoleSight[] = [
  at('people', '/people'),
  at('person', (on) => `/people/${on.eva}`),
  at('person-invite', '/people/new'),
  sent('person-invite-faults', '/people/new', '/new'),
  sent('person-role-faults', (on) => `/people/${on.eva}`, 'role'),
  at('person-disable', (on) => `/people/${on.eva}/disable`),
  at('person-role-end', (on) => `/people/${on.eva}/roles/${on.role}/end`),
  at('person-own', '/me'),
  at('passkeys', '/passkeys', 'karen'),
  at('passkey', (on) => `/passkeys/${on.passkey}`, 'karen'),
  sent('passkey-faults', (on) => `/passkeys/${on.passkey}`, 'name', { typed: { name: '' }, by: 'karen' }),
  at('passkey-confirm', '/passkeys/new', 'karen'),
  at('confirm', '/confirm', 'lars'),
  at('passkey-new', '/passkeys/new', 'aase'),
];

/** Whoever is not let in, and what is told of what is not there. */
const AT_THE_DOOR: readonly ConsoleSight[] = [
  at('sign-in', '/sign-in', null),
  at('sign-in-and-on', '/changes', null),
  at('sign-in-link', ({ link }) => link.replace('/console', ''), null),
  at('sign-in-link-used', '/sign-in/x', null),
  sent('signed-out', '', '/sign-out', { by: 'lars' }),
  at('today-with-a-form-that-waits', '', 'karen'),
  at('kept-form', ({ kept }) => kept.replace('/console', ''), 'karen'),
  at('kept-form-gone', `/kept/${NEVER}`),
  at('forbidden', '/people', 'lars'),
  at('not-found', '/no/such'),
  at('today-of-nobody', '', 'mette'),
];

/** Every page of the console that has something to show, in its states. */
export const SIGHTS: readonly ConsoleSight[] = [
  at('today', ''),
  at('today-for-a-reader', '', 'lars'),
  ...CHANGES,
  ...ANNOUNCING,
  ...INBOX,
  ...PROPOSALS,
  ...REGISTER_AND_CUSTOMERS,
  ...SETTINGS,
  ...PEOPLE,
  ...AT_THE_DOOR,
];

const LEADS_ON = 'leads to the page of what was done; what it refuses is told there';
const PART = 'a part of a page';
const FILE = 'a file';
const FOR_A_SCRIPT = 'what a script of ours asks for';

/** The addresses that show no page of their own, and what they do instead. */
export const NO_PAGES: Readonly<Record<string, string>> = {
  'GET /console/work': PART,
  'GET /console/changes/:id/progress': PART,
  'GET /console/changes/:id/evidence/pack': FILE,
  'GET /console/changes/:id/controllers/:externalId/messages/:messageId/mail.eml': FILE,
  'GET /console/changes/:id/scans/:scanId': FILE,
  'GET /console/inbox': 'leads to one of its sections',
  'GET /console/confirm/options': FOR_A_SCRIPT,
  'GET /console/passkeys/new/options': FOR_A_SCRIPT,
  'POST /console/announce/:id/:step/keep': FOR_A_SCRIPT,
  'POST /console/*': 'no form is sent there',
  ...Object.fromEntries(
    [
      '/changes/:id/activate',
      '/changes/:id/resend-failed',
      '/changes/:id/controllers/:externalId/resend',
      '/announce/:id/discard',
      '/announce/:id/test',
      '/announce/:id/announce',
      '/announce/:id/propose',
      '/customers/import/save',
      '/customers/:externalId/contacts/:contactId/remove',
      '/customers/:externalId/products/:product/leave',
      '/settings/webhooks/:id/enable',
      '/settings/webhooks/:id/disable',
      '/settings/webhooks/:id/revoke-previous',
      '/settings/webhooks/:id/delete',
      '/settings/keys/:id/revoke',
      '/proposals',
      '/kept/:id',
      '/me/sessions/:id/end',
      '/people/:id/invite',
      '/people/:id/roles/:roleId/end',
      '/people/:id/sessions/:sessionId/end',
      '/people/:id/disable',
      '/confirm',
      '/passkeys/new',
      '/passkeys/:id/remove',
    ].map((url) => [`POST /console${url}`, LEADS_ON]),
  ),
};
