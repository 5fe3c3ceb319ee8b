import { EXAMPLE_ID } from '../http/documentation.ts';

export { EXAMPLE_ID };
export const EXAMPLE_HASH = '3f1c9a2e5d7b4086e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8';

export const exampleAnnouncement = {
  product: 'truetalk',
  kind: 'addition',
  subProcessor: {
    name: 'Nordlys Hosting ApS',
    registrationNumber: '40000001',
    address: 'Havnegade 1, 8000 Aarhus C',
    country: 'DK',
    contactPerson: { name: 'Signe Lund', email: 'privacy@nordlys.example' },
    parentId: null,
    processing: { da: 'Drift af servere', en: 'Hosting of servers' },
    personalData: { da: 'Navn og opkaldshistorik', en: 'Name and call history' },
    locations: [{ country: 'DK', transferBasis: null }],
  },
  reason: { da: 'Driften samles hos én leverandør', en: 'Operations are gathered at one supplier' },
  plannedActivationOn: '2026-12-15',
};

export const exampleChangeInEvent = {
  ...exampleAnnouncement,
  subProcessor: { ...exampleAnnouncement.subProcessor, contactPerson: null },
  id: EXAMPLE_ID,
  companies: ['Nordlys Hosting ApS'],
  status: 'announced',
  version: 1,
  announcedAt: '2026-11-23T09:30:00.000Z',
  heldUntil: null,
  toldSince: '2026-11-23T09:30:00.000Z',
  activatedAt: null,
  withdrawnAt: null,
  withdrawalReason: null,
  replaces: null,
  amends: null,
  removes: null,
  entries: [],
  children: [],
  regime: { objection: true, approval: false },
  elements: [
    {
      entry: null,
      company: 'Nordlys Hosting ApS',
      element: 'company',
      from: null,
      to: 'Nordlys Hosting ApS',
      regime: { objection: true, approval: false },
      clause: 'B.2',
    },
  ],
  wordingOnly: [],
  wordingConfirmedAt: null,
  scope: 'all',
  separation: null,
  upstream: null,
  announceNoLaterThan: null,
  listedInTerms: [],
  supersedes: null,
  objectionWindowDays: 10,
  controllers: { total: 3, notified: 0, windowsOpen: 0 },
  notices: { total: 4, accepted: 0, pending: 4, failed: 0, cancelled: 0 },
  sending: { startedAt: '2026-11-23T09:30:00.000Z', perSecond: 0, secondsLeft: null },
  objections: { total: 0, pending: 0 },
  approvals: null,
  answers: { total: 0, unread: 0 },
  lastDeadline: null,
  activations: { count: 0, controllers: 0 },
  activation: {
    allowed: false,
    earliestAt: null,
    blockers: [
      { code: 'controllers-not-notified', count: 3, controllers: ['kunde-1001', 'kunde-1002', 'kunde-1003'] },
      { code: 'planned-date-not-reached', plannedActivationOn: '2026-12-15' },
    ],
    shownOnly: [],
  },
};

export const exampleChange = {
  ...exampleChangeInEvent,
  subProcessor: exampleAnnouncement.subProcessor,
  announcedBy: `Contract team (key ${EXAMPLE_ID})`,
  wordingConfirmedBy: null,
  activatedBy: null,
  withdrawnBy: null,
};
