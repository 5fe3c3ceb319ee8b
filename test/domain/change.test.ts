import { describe, expect, test } from 'vitest';
import type { AnnouncedChange, Announcement, Change, ChangeProgress } from '../../src/domain/change.ts';
import { refusalsOf, type AnnouncementFacts } from '../../src/domain/announcement.ts';
import { activationFacts, viewOfChange } from '../../src/domain/change-view.ts';
import { aContent, aProduct, aSubProcessor, anAnnouncement, anEntry } from '../support/examples.ts';

const instant = (text: string) => Temporal.Instant.from(text);
const day = (text: string) => Temporal.PlainDate.from(text);

const NOW = instant('2026-03-20T14:00:00Z');
const { terms } = aProduct();

const theFacts = (overrides: Partial<AnnouncementFacts> = {}): AnnouncementFacts => ({
  terms,
  register: [anEntry(11), anEntry(12)],
  entriesNow: [anEntry(11), anEntry(12)],
  announced: [],
  controllersWithoutContact: [],
  superseded: null,
  ...overrides,
});
const aReplacement = (overrides: Partial<Announcement> = {}) =>
  anAnnouncement({ kind: 'replacement', replaces: 'entry-11', ...overrides });
const anOpen = (announcement: Announcement, id = 'change-1') => ({
  id,
  ...aContent(announcement, theFacts().register),
});
const anAnnounced = (subProcessor = aSubProcessor(21)) => anOpen(anAnnouncement({ subProcessor }));

const refusals = (announcement: Announcement, facts: AnnouncementFacts, now: Temporal.Instant) =>
  refusalsOf(announcement, aContent(announcement, facts.register), facts, now);
const refusal = (announcement: Announcement, facts = theFacts(), now = NOW) =>
  refusals(announcement, facts, now)[0] ?? null;

describe('An announcement', () => {
  test('of an addition is made when nothing is wrong with it', () => {
    expect(refusal(anAnnouncement())).toBeNull();
  });

  test('of a replacement is made for an entry that is in the register today', () => {
    expect(refusal(aReplacement())).toBeNull();
  });

  test('of a sub-processor’s sub-processor is made when its parent is in the register today', () => {
    expect(refusal(anAnnouncement({ subProcessor: aSubProcessor(1, { parentId: 'entry-12' }) }))).toBeNull();
  });

  test('is refused for a place of processing without its transfer basis, and says which place (D3)', () => {
    const locations = [
      { country: 'DK', transferBasis: null },
      { country: 'US', transferBasis: null },
    ];
    expect(refusal(anAnnouncement({ subProcessor: aSubProcessor(1, { locations }) }))).toMatchObject({
      because: 'transfer-basis-missing',
      path: 'subProcessor.locations.1.transferBasis',
    });
  });

  test('is refused for a place of processing whose transfer basis does not hold, and says which place (D3)', () => {
    const locations = [{ country: 'US', transferBasis: { article: '45', decision: 'DPF' } }] as const;
    expect(refusal(anAnnouncement({ subProcessor: aSubProcessor(1, { locations }) }))).toMatchObject({
      because: 'transfer-basis-invalid',
      path: 'subProcessor.locations.0.transferBasis',
    });
  });

  test('is judged by its places of processing and not by the registered address (D3)', () => {
    const atlassian = aSubProcessor(1, {
      name: 'Atlassian',
      address: 'Level 6, 341 George Street, Sydney, NSW 2000, Australia',
      country: 'AU',
      locations: [
        { country: 'DE', transferBasis: null },
        { country: 'IE', transferBasis: null },
      ],
    });
    expect(refusal(anAnnouncement({ subProcessor: atlassian }))).toBeNull();
  });

  test('is refused when the entry it replaces is not in the register today (D1)', () => {
    expect(refusal(aReplacement({ replaces: 'entry-99' }))).toMatchObject({
      because: 'entry-unknown',
      path: 'replaces',
    });
    expect(refusal(aReplacement(), theFacts({ register: [] }))).toMatchObject({ because: 'entry-unknown' });
  });

  test('is refused when its parent is not in the register today (D2)', () => {
    expect(refusal(anAnnouncement({ subProcessor: aSubProcessor(1, { parentId: 'entry-99' }) }))).toMatchObject({
      because: 'parent-unknown',
      path: 'subProcessor.parentId',
    });
  });

  test('supersedes a withdrawn change of its product and no other (D6)', () => {
    const correction = anAnnouncement({ supersedes: 'change-0' });
    expect(refusal(correction, theFacts({ superseded: { status: 'withdrawn' } }))).toBeNull();
    for (const superseded of [null, { status: 'announced' }, { status: 'activated' }] as const) {
      expect(refusal(correction, theFacts({ superseded }))).toMatchObject({
        because: 'superseded-change-unknown',
        path: 'supersedes',
      });
    }
  });

  test.each([
    ['name', { name: 'NORDLYS  hosting 11 aps', registrationNumber: '99999999' }],
    ['registration number', { name: 'Another name A/S', registrationNumber: '40 00 00 11' }],
  ])('is refused for a company that is in the register by its %s already (B.1)', (_by, described) => {
    expect(refusal(anAnnouncement({ subProcessor: aSubProcessor(1, described) }))).toMatchObject({
      because: 'already-in-register',
      path: 'subProcessor',
    });
  });

  test('is refused for a company that it would itself replace: a change to an entry needs approval (B.1, C.5)', () => {
    expect(refusal(aReplacement({ subProcessor: aSubProcessor(11) }))).toMatchObject({
      because: 'already-in-register',
    });
  });

  test('is refused while the same sub-processor is announced, and names that change (D6)', () => {
    const facts = theFacts({
      announced: [anAnnounced(aSubProcessor(2)), anOpen(anAnnouncement(), 'change-2')],
    });
    const refused = refusal(anAnnouncement(), facts);
    expect(refused?.because).toBe('change-already-announced');
    expect(refused?.detail).toContain('change-2');
  });

  test('is refused while another replacement of the same entry is announced, and names that change (D6)', () => {
    const facts = theFacts({ announced: [anOpen(aReplacement({ subProcessor: aSubProcessor(2) }))] });
    const refused = refusal(aReplacement(), facts);
    expect(refused?.because).toBe('change-already-announced');
    expect(refused?.detail).toContain('change-1');
    expect(refusal(aReplacement({ replaces: 'entry-12' }), facts)).toBeNull();
  });

  test('is made while additions of other sub-processors are announced', () => {
    expect(
      refusal(anAnnouncement(), theFacts({ announced: [anAnnounced(), anAnnounced(aSubProcessor(22))] })),
    ).toBeNull();
  });

  test('is refused when it is planned one day too early, and told the first day that would do (D4)', () => {
    const tooEarly = refusal(anAnnouncement({ plannedActivationOn: day('2026-03-30') }));
    expect(tooEarly).toMatchObject({ because: 'planned-date-too-early', path: 'plannedActivationOn' });
    expect(tooEarly?.earliest?.toString()).toBe('2026-03-31');
    expect(refusal(anAnnouncement({ plannedActivationOn: day('2026-03-31') }))).toBeNull();
  });

  test('is planned by the days of the product’s time zone (D4, D9)', () => {
    const planned = anAnnouncement({ plannedActivationOn: day('2026-03-31') });
    expect(refusal(planned, theFacts(), instant('2026-03-20T22:59:59.999Z'))).toBeNull();
    expect(refusal(planned, theFacts(), instant('2026-03-20T23:00:00Z'))?.earliest?.toString()).toBe('2026-04-01');
  });

  test('is planned after the working day that its window is rolled to, where the product rolls (D10)', () => {
    const rolling = theFacts({ terms: { ...terms, rollForward: true } });
    const at = instant('2026-03-23T08:00:00Z');
    expect(refusal(anAnnouncement({ plannedActivationOn: day('2026-04-07') }), rolling, at)?.earliest?.toString()).toBe(
      '2026-04-08',
    );
  });

  test('is refused when a controller has no contact, and names every such controller (D7)', () => {
    const refused = refusal(anAnnouncement(), theFacts({ controllersWithoutContact: ['kunde-3', 'kunde-8'] }));
    expect(refused?.because).toBe('controllers-without-contact');
    expect(refused?.detail).toContain('kunde-3, kunde-8');
  });

  test('is refused for a day more than two years away, unless that day is said to be meant', () => {
    expect(refusal(anAnnouncement({ plannedActivationOn: day('2028-03-20') }))).toBeNull();
    const far = anAnnouncement({ plannedActivationOn: day('2028-03-21') });
    expect(refusal(far)).toMatchObject({ because: 'planned-date-too-far', path: 'plannedActivationOn' });
    expect(refusal({ ...far, farDate: false })?.because).toBe('planned-date-too-far');
    expect(refusal({ ...far, farDate: true })).toBeNull();
    // By the day in the product's time zone, where 29 February has a day two years later.
    expect(refusal(far, theFacts(), instant('2026-03-20T23:00:00Z'))).toBeNull();
    const leapDay = instant('2028-02-29T11:00:00Z');
    expect(refusal(anAnnouncement({ plannedActivationOn: day('2030-02-28') }), theFacts(), leapDay)).toBeNull();
  });

  test('with every fault at once is told all of them, in a fixed order', () => {
    const locations = [
      { country: 'US', transferBasis: null },
      { country: 'DK', transferBasis: { article: '46', instrument: 'SCC' } },
    ] as const;
    const announcement = aReplacement({
      subProcessor: aSubProcessor(12, { locations, parentId: 'entry-99' }),
      replaces: 'entry-98',
      supersedes: 'change-0',
      plannedActivationOn: day('2026-03-21'),
    });
    const facts = theFacts({
      announced: [anOpen(aReplacement({ subProcessor: aSubProcessor(12) }))],
      controllersWithoutContact: ['kunde-3'],
    });
    expect(refusals(announcement, facts, NOW).map(({ because, path }) => [because, path])).toEqual([
      ['transfer-basis-missing', 'subProcessor.locations.0.transferBasis'],
      ['transfer-basis-invalid', 'subProcessor.locations.1.transferBasis'],
      ['entry-unknown', 'replaces'],
      ['parent-unknown', 'subProcessor.parentId'],
      ['superseded-change-unknown', 'supersedes'],
      ['already-in-register', 'subProcessor'],
      ['change-already-announced', 'subProcessor'],
      ['planned-date-too-early', 'plannedActivationOn'],
      ['controllers-without-contact', undefined],
    ]);
  });
});

describe('A change as callers see it', () => {
  const aChange = (overrides: Partial<AnnouncedChange> = {}): AnnouncedChange => ({
    ...aContent(anAnnouncement({ plannedActivationOn: day('2026-04-15') })),
    id: 'change-1',
    status: 'announced',
    version: 3,
    contentHash: null,
    announcedAt: NOW,
    announcedBy: 'key:announcer',
    heldUntil: null,
    toldSince: NOW,
    wordingConfirmed: null,
    ...overrides,
  });
  const theProgress = (overrides: Partial<ChangeProgress> = {}): ChangeProgress => ({
    controllers: { total: 2, notified: 2, windowsOpen: 2 },
    notices: { total: 3, accepted: 3, pending: 0, failed: 0, cancelled: 0 },
    objections: { total: 0, pending: 0 },
    answers: { total: 0, unread: 0 },
    approvals: null,
    activations: { count: 0, controllers: 0 },
    notNotified: [],
    pendingObjections: [],
    listedInTerms: [],
    untoldContacts: { count: 0, controllers: [] },
    unreadAnswers: [],
    unreadMails: 0,
    countsDisagree: false,
    entriesNow: [],
    latestDeadline: instant('2026-03-30T22:00:00Z'),
    acceptedLately: 3,
    unwritten: 0,
    ...overrides,
  });

  test('says what was announced, how far it has come, and what blocks it', () => {
    const change = aChange();
    const view = viewOfChange(change, theProgress(), NOW);
    expect(view).toEqual({
      id: 'change-1',
      product: 'truetalk',
      kind: 'addition',
      status: 'announced',
      version: 3,
      announcedAt: '2026-03-20T14:00:00.000Z',
      announcedBy: 'key:announcer',
      heldUntil: null,
      toldSince: '2026-03-20T14:00:00.000Z',
      plannedActivationOn: '2026-04-15',
      activatedAt: null,
      activatedBy: null,
      withdrawnAt: null,
      withdrawnBy: null,
      withdrawalReason: null,
      subProcessor: change.subProcessor,
      replaces: null,
      amends: null,
      removes: null,
      entries: [],
      children: [],
      regime: { objection: true, approval: false },
      elements: change.elements,
      wordingOnly: [],
      scope: 'all',
      separation: null,
      upstream: null,
      listedInTerms: [],
      supersedes: null,
      reason: change.reason,
      objectionWindowDays: 10,
      controllers: { total: 2, notified: 2, windowsOpen: 2 },
      notices: { total: 3, accepted: 3, pending: 0, failed: 0, cancelled: 0 },
      sending: null,
      objections: { total: 0, pending: 0 },
      wordingConfirmedAt: null,
      wordingConfirmedBy: null,
      activations: { count: 0, controllers: 0 },
      announceNoLaterThan: null,
      companies: ['Nordlys Hosting 1 ApS'],
      approvals: null,
      answers: { total: 0, unread: 0 },
      lastDeadline: '2026-03-30T22:00:00.000Z',
      activation: {
        allowed: false,
        earliestAt: '2026-04-14T22:00:00.000Z',
        blockers: [
          { code: 'objection-windows-open', count: 2, lastDeadline: '2026-03-30T22:00:00.000Z' },
          { code: 'planned-date-not-reached', plannedActivationOn: '2026-04-15' },
        ],
        shownOnly: [],
      },
    });
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  });

  test('names no last deadline and no earliest activation while a controller has not been notified', () => {
    const progress = theProgress({
      controllers: { total: 3, notified: 1, windowsOpen: 1 },
      notNotified: ['kunde-2', 'kunde-3'],
    });
    const view = viewOfChange(aChange(), progress, NOW);
    expect(view.lastDeadline).toBeNull();
    expect(view.activation.earliestAt).toBeNull();
    expect(view.activation.blockers).toContainEqual({
      code: 'controllers-not-notified',
      count: 2,
      controllers: ['kunde-2', 'kunde-3'],
    });
  });

  test('names the last deadline and no earliest activation while an objection is pending', () => {
    const progress = theProgress({ objections: { total: 1, pending: 1 }, pendingObjections: ['objection-1'] });
    const view = viewOfChange(aChange(), progress, NOW);
    expect(view.lastDeadline).toBe('2026-03-30T22:00:00.000Z');
    expect(view.activation.earliestAt).toBeNull();
    expect(view.activation.blockers).toContainEqual({
      code: 'objections-pending',
      count: 1,
      objections: ['objection-1'],
    });
  });

  test('may be activated from its earliest instant on, and not a millisecond before', () => {
    const closed = theProgress({ controllers: { total: 2, notified: 2, windowsOpen: 0 } });
    expect(viewOfChange(aChange(), closed, instant('2026-04-14T21:59:59.999Z')).activation.allowed).toBe(false);
    expect(viewOfChange(aChange(), closed, instant('2026-04-14T22:00:00Z')).activation).toEqual({
      allowed: true,
      earliestAt: '2026-04-14T22:00:00.000Z',
      blockers: [],
      shownOnly: [],
    });
  });

  test('that is activated or withdrawn says when and why, and cannot be activated', () => {
    const activated: Change = {
      ...aChange(),
      status: 'activated',
      activatedAt: instant('2026-04-15T06:00:00Z'),
      activatedBy: 'key:activator',
    };
    expect(viewOfChange(activated, theProgress(), NOW)).toMatchObject({
      activatedAt: '2026-04-15T06:00:00.000Z',
      activatedBy: 'key:activator',
      activation: { allowed: false, earliestAt: null, blockers: [{ code: 'not-announced', status: 'activated' }] },
    });
    const withdrawn: Change = {
      ...aChange(),
      status: 'withdrawn',
      withdrawnAt: instant('2026-03-21T06:00:00Z'),
      withdrawnBy: 'key:withdrawer',
      withdrawalReason: { da: 'En fejl' },
    };
    expect(viewOfChange(withdrawn, theProgress(), NOW)).toMatchObject({
      withdrawnAt: '2026-03-21T06:00:00.000Z',
      withdrawnBy: 'key:withdrawer',
      withdrawalReason: { da: 'En fejl' },
      activation: { allowed: false, earliestAt: null, blockers: [{ code: 'not-announced', status: 'withdrawn' }] },
    });
  });

  test('rests on every controller that has not been notified, also those that are not listed', () => {
    const progress = theProgress({
      controllers: { total: 500, notified: 200, windowsOpen: 5 },
      notNotified: ['kunde-1'],
    });
    expect(activationFacts(aChange(), progress)).toMatchObject({
      notNotified: { count: 300, controllers: ['kunde-1'] },
      openWindows: 5,
    });
  });
});
