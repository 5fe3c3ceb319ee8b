import { describe, expect, test } from 'vitest';
import {
  effectOfBounce,
  isUnsettled,
  memberReported,
  reportFor,
  type BounceFacts,
  type RecipientReport,
} from '../../src/domain/delivery-report.ts';

const DPO = 'dpo@kunde-1.example';

describe('What a report says of a contact', () => {
  const about = (action: RecipientReport['action'], ...recipients: string[]): RecipientReport => ({
    action,
    status: null,
    diagnostic: null,
    recipients,
  });

  test('is what it says of its address, however that is spelt, and not of others', () => {
    const reports = [
      about('failed', 'it@kunde-1.example'),
      about('delivered', 'x@intern.example', 'DPO@Kunde-1.example'),
    ];
    expect(reportFor(DPO, reports)?.action).toBe('delivered');
    expect(reportFor('it@kunde-1.example', reports)?.action).toBe('failed');
  });

  test('is what it says of those the mail was passed on to, where the address itself is not named', () => {
    const gone = about('failed', 'hans@kunde-1.example');
    expect(reportFor(DPO, [gone])?.action).toBe('failed');
    expect(reportFor(DPO, [about('delayed', 'a@x.example'), gone])?.action).toBe('failed');
    expect(reportFor(DPO, [gone, about('delivered', 'grethe@kunde-1.example')])?.action).toBe('delivered');
  });

  test('is nothing where nobody is named', () => {
    expect(reportFor(DPO, [])).toBeNull();
  });
});

describe('The member of an alias that a report is on', () => {
  const HANS = 'hans@intern.example';
  const report: RecipientReport = { action: 'failed', status: null, diagnostic: null, recipients: [DPO, HANS] };

  test('is the final recipient, where that is another than the one written to', () => {
    const both = { ...report, originalRecipient: DPO, finalRecipient: HANS };
    expect(memberReported('DPO@kunde-1.example', both)).toBe(HANS);
    expect(memberReported(DPO, { ...report, recipients: [HANS], finalRecipient: HANS })).toBe(HANS);
    expect(memberReported(DPO, { ...report, recipients: [HANS] })).toBe(HANS);
  });

  test('is nobody where the report is on the one written to, or names nobody', () => {
    expect(memberReported(DPO, { ...report, recipients: [DPO], finalRecipient: 'DPO@Kunde-1.example' })).toBeNull();
    expect(memberReported(DPO, { ...report, recipients: [] })).toBeNull();
  });
});

describe('A report (D12)', () => {
  const facts: BounceFacts = {
    action: 'failed',
    kind: 'notice',
    isAccepted: true,
    changeStatus: 'announced',
    isNotified: true,
    isNotifiedOtherwise: false,
  };

  test('of a failure closes the window of a controller that nothing else has notified', () => {
    expect(effectOfBounce(facts)).toBe('reopened');
  });

  test('after activation is an incident then', () => {
    expect(effectOfBounce({ ...facts, changeStatus: 'activated' })).toBe('incident');
  });

  test.each([
    ['another notice or a letter stands', { isNotifiedOtherwise: true }],
    ['another stands after activation', { isNotifiedOtherwise: true, changeStatus: 'activated' }],
    ['the controller does not count any more', { isNotified: false }],
    ['the change is withdrawn', { changeStatus: 'withdrawn' }],
  ] satisfies [string, Partial<BounceFacts>][])('revokes the notice alone where %s', (_name, given) => {
    expect(effectOfBounce({ ...facts, ...given })).toBe('revoked');
  });

  test.each([
    ['nothing has failed for good', { action: 'delayed' }],
    ['it was delivered', { action: 'delivered' }],
    ['the message is no notice', { kind: 'reminder' }],
    ['the notice was not accepted, or has bounced before', { isAccepted: false }],
  ] satisfies [string, Partial<BounceFacts>][])('is on record only where %s', (_name, given) => {
    expect(effectOfBounce({ ...facts, ...given })).toBe('none');
  });
});

test('A report waits while its message is being handed over, or is to be once more', () => {
  expect(isUnsettled({ status: 'in-flight', mayHaveArrived: false })).toBe(true);
  expect(isUnsettled({ status: 'pending', mayHaveArrived: true })).toBe(true);
  expect(isUnsettled({ status: 'pending', mayHaveArrived: false })).toBe(false);
  expect(isUnsettled({ status: 'accepted', mayHaveArrived: true })).toBe(false);
});
