import { describe, expect, test } from 'vitest';
import {
  approvalBlockers,
  onlyTimeIsMissing,
  shownApprovals,
  type ApprovalProgress,
  type ApprovalState,
} from '../../src/domain/approval-progress.ts';
import {
  firstStatus,
  refuseApproval,
  type Approval,
  type ApprovalFacts,
  type SaidOfApproval,
} from '../../src/domain/approval.ts';

const HASH = 'of what was announced';

const facts = (overrides: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  status: 'announced',
  regime: { objection: false, approval: true },
  contentHash: HASH,
  hasLeft: false,
  isInForce: false,
  mayApprove: true,
  earlier: [],
  ...overrides,
});

const DORTHE = { name: 'Dorthe Persson', role: 'Direktør', email: 'dpo@kunde.example' };
const ALICE = { name: 'Alice Brown', role: 'CISO', email: 'ciso@kunde.example' };

const said = (overrides: Partial<SaidOfApproval> = {}): SaidOfApproval => ({
  decision: 'approval',
  channel: 'link',
  contentHash: HASH,
  from: DORTHE,
  authority: null,
  ...overrides,
});

const earlier = (overrides: Partial<Approval> = {}): ApprovalFacts['earlier'] => [
  { decision: 'approval', status: 'effective', channel: 'link', from: DORTHE, ...overrides },
];
const standing = earlier({ decision: 'refusal', status: 'standing', from: ALICE });

describe('What a controller says to a request for its approval (D41, D42)', () => {
  test.each([
    ['ended', facts({ status: 'withdrawn' }), 'change-ended'],
    ['activated', facts({ status: 'activated' }), 'change-ended'],
    ['asks for nothing', facts({ regime: { objection: true, approval: false } }), 'approval-not-asked'],
    ['left', facts({ hasLeft: true }), 'agreement-ended'],
    ['in force for it', facts({ isInForce: true }), 'already-in-force'],
    ['of another version', facts({ contentHash: 'of something else' }), 'approval-of-another-version'],
    ['of a version before there were hashes', facts({ contentHash: null }), 'approval-of-another-version'],
  ] as const)('is taken neither as an approval nor as a refusal where the change is %s', (_what, of, because) => {
    for (const decision of ['approval', 'refusal'] as const) {
      expect(refuseApproval(said({ decision }), of)).toBe(because);
    }
  });

  test('is an approval only from a contact who may approve, or with the authority of its writer', () => {
    expect(refuseApproval(said(), facts())).toBeNull();
    expect(refuseApproval(said(), facts({ mayApprove: false }))).toBe('may-not-approve');
    expect(refuseApproval(said({ channel: 'letter' }), facts({ mayApprove: false }))).toBe('authority-required');
    expect(refuseApproval(said({ channel: 'letter', authority: 'CVR' }), facts({ mayApprove: false }))).toBeNull();
  });

  test('is a refusal from anybody, without authority, and also over an approval', () => {
    const refusal = said({ decision: 'refusal' });
    expect(refuseApproval(refusal, facts({ mayApprove: false, earlier: earlier() }))).toBeNull();
    expect(refuseApproval(said({ decision: 'refusal', channel: 'email' }), facts())).toBeNull();
  });

  test('is refused once by each, whatever the case of the address', () => {
    const shouting = { ...ALICE, email: ALICE.email.toUpperCase() };
    expect(refuseApproval(said({ decision: 'refusal', from: shouting }), facts({ earlier: standing }))).toBe(
      'refusal-stands',
    );
    expect(refuseApproval(said({ decision: 'refusal' }), facts({ earlier: standing }))).toBeNull();
    const nobody = { name: null, role: null, email: null };
    expect(refuseApproval(said({ decision: 'refusal', from: nobody }), facts({ earlier: standing }))).toBeNull();
  });

  test.each(['waiting', 'effective'] as const)('is not approved again while an approval is %s', (status) => {
    for (const channel of ['link', 'letter'] as const) {
      const again = said({ channel, authority: 'CVR' });
      expect(refuseApproval(again, facts({ earlier: earlier({ status }) }))).toBe('approval-stands');
    }
  });

  test('is approved through a link beside one that nobody has confirmed, and not twice by letter', () => {
    const unconfirmed = earlier({ status: 'unconfirmed', channel: 'letter' });
    expect(refuseApproval(said(), facts({ earlier: unconfirmed }))).toBeNull();
    expect(refuseApproval(said({ channel: 'email', authority: 'CVR' }), facts({ earlier: unconfirmed }))).toBe(
      'approval-stands',
    );
  });

  test('is not approved over a refusal that stands, and is once that or an approval has ended', () => {
    expect(refuseApproval(said(), facts({ earlier: standing }))).toBe('refusal-stands');
    const ended = [...earlier({ status: 'stopped' }), ...earlier({ decision: 'refusal', status: 'withdrawn' })];
    expect(refuseApproval(said(), facts({ earlier: ended }))).toBeNull();
  });

  test('begins as it came: what an officer records waits for a second person', () => {
    expect(firstStatus(said())).toBe('waiting');
    expect(firstStatus(said({ channel: 'email' }))).toBe('unconfirmed');
    expect(firstStatus(said({ channel: 'letter' }))).toBe('unconfirmed');
    expect(firstStatus(said({ decision: 'refusal', channel: 'letter' }))).toBe('standing');
  });
});

const at = (text: string) => Temporal.Instant.from(text);

const progress = (
  counts: Partial<Record<ApprovalState, number>>,
  overrides: Partial<ApprovalProgress> = {},
): ApprovalProgress => ({
  forEach: false,
  total: Object.values(counts).reduce((sum, count) => sum + count, 0),
  states: Object.entries(counts).map(([state, count]) => ({ state: state as ApprovalState, askedOn: null, count })),
  missing: [],
  unconfirmed: [],
  waitingUntil: null,
  ready: 0,
  ...overrides,
});

describe('What is missing of approvals (D20, D41)', () => {
  test('is nothing where all have approved, by themselves or by contract, or where nobody is asked', () => {
    expect(approvalBlockers(progress({ approved: 2, contract: 1 }))).toEqual([]);
    expect(approvalBlockers(null)).toEqual([]);
    expect(onlyTimeIsMissing(null)).toBe(true);
  });

  test('is whoever has said nothing or no, what runs, and what nobody has confirmed, each by itself', () => {
    const all = progress(
      { none: 1, refused: 2, waiting: 3, unconfirmed: 1, approved: 9 },
      {
        missing: ['kunde-1', 'kunde-2', 'kunde-3'],
        unconfirmed: ['approval-1'],
        waitingUntil: at('2026-04-02T10:00:00Z'),
      },
    );
    expect(approvalBlockers(all)).toEqual([
      { code: 'approvals-missing', count: 3, controllers: ['kunde-1', 'kunde-2', 'kunde-3'] },
      { code: 'approvals-not-effective-yet', count: 3, earliestAt: '2026-04-02T10:00:00.000Z' },
      { code: 'authority-unconfirmed', count: 1, approvals: ['approval-1'] },
    ]);
    expect(onlyTimeIsMissing(all)).toBe(false);
  });

  test('counts controllers whose window is not written yet', () => {
    expect(approvalBlockers(progress({ approved: 2 }, { total: 5 }))).toMatchObject([
      { code: 'approvals-missing', count: 3 },
    ]);
  });

  test('is time alone where it is known when the last takes effect', () => {
    expect(onlyTimeIsMissing(progress({ waiting: 1 }, { waitingUntil: at('2026-04-02T10:00:00Z') }))).toBe(true);
    expect(onlyTimeIsMissing(progress({ waiting: 1 }))).toBe(false);
  });

  test('stands in nobody else’s way where the change is activated for each', () => {
    const some = progress({ none: 3, approved: 1 }, { forEach: true, ready: 1 });
    expect(approvalBlockers(some)).toEqual([]);
    expect(approvalBlockers({ ...some, ready: 0 })).toEqual([{ code: 'nobody-to-activate' }]);
  });
});

describe('How controllers are shown to stand', () => {
  const terms = {
    objectionWindowDays: 10,
    timeZone: 'Europe/Copenhagen',
    rollForward: false,
    approvalAnswerDays: 30,
    approvalEffectiveAfterHours: 24,
  };

  test('silence is a no: unanswered once the time to answer is over, to the second, also over 29 February', () => {
    const asked = progress(
      {},
      {
        total: 4,
        states: [
          { state: 'none', askedOn: at('2028-01-29T23:00:00Z'), count: 2 },
          { state: 'none', askedOn: null, count: 1 },
          { state: 'refused', askedOn: null, count: 1 },
        ],
      },
    );
    // Asked on 30 January 2028: thirty days end with 29 February.
    expect(shownApprovals(asked, terms, at('2028-02-29T22:59:59Z'))).toMatchObject({
      none: 3,
      unanswered: 0,
      refused: 1,
    });
    expect(shownApprovals(asked, terms, at('2028-02-29T23:00:00Z'))).toMatchObject({
      none: 1,
      unanswered: 2,
      refused: 1,
    });
  });

  test('who has no window yet has said nothing', () => {
    expect(shownApprovals(progress({ approved: 1 }, { total: 3 }), terms, at('2026-04-01T00:00:00Z'))).toEqual({
      none: 2,
      unanswered: 0,
      unconfirmed: 0,
      waiting: 0,
      approved: 1,
      refused: 0,
      contract: 0,
    });
  });
});
