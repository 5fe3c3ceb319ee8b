import { MAIL_FROM } from './config.ts';

/** What Varsel is to say of a notice in the end. */
export interface Expected {
  readonly notice: 'accepted' | 'failed';
  /** The controller's window: not begun where nothing proves that it was notified. */
  readonly window: 'open' | 'awaiting-notice';
  /** What was reported of the notice, in the order that it came: action, and what the reason must say. */
  readonly reports?: readonly (readonly [action: string, reason: RegExp])[];
  /** What a person wrote back. */
  readonly answer?: RegExp;
  /** What a program wrote back. */
  readonly automatic?: RegExp;
}

/** A contact, and what its mail system does with a notice. */
export interface Row {
  readonly scenario: string;
  readonly address: string;
  readonly expected: Expected;
}

const REACHED: Expected = { notice: 'accepted', window: 'open' };
const failed = (...reasons: RegExp[]): Expected => ({
  notice: 'failed',
  window: 'awaiting-notice',
  reports: reasons.map((reason) => ['failed', reason]),
});
const AWAY: Expected = { ...REACHED, automatic: /Jeg er på ferie/ };
const givenUp = (delay: RegExp, reason: RegExp): Expected => ({
  ...failed(),
  reports: [
    ['delayed', delay],
    ['failed', reason],
  ],
});
/** Nothing of the notice is left in it. */
const OBJECTION = /^Hej Telenor\s+Vi gør indsigelse mod .*revisionserklæring\.(?:\s+Venlig hilsen\s+Mette Holm)?$/;

export const ROWS: readonly Row[] = [
  { scenario: 'Postfix, Dovecot: delivered', address: 'reader@postfix.example', expected: REACHED },
  {
    scenario: 'our relay refuses the recipient',
    address: 'listed@postfix.example',
    expected: { notice: 'failed', window: 'awaiting-notice' },
  },
  { scenario: 'Postfix refuses at RCPT', address: 'unknown@postfix.example', expected: failed(/No such user/) },
  { scenario: 'Dovecot knows no such user', address: 'gone@postfix.example', expected: failed(/User doesn't exist/) },
  {
    scenario: 'alias, one member has left',
    address: 'board@postfix.example',
    expected: failed(/User doesn't exist: gone@postfix\.example/),
  },
  { scenario: 'Sieve rejects', address: 'rejects@postfix.example', expected: failed(/Vi modtager ikke mail fra/) },
  // Our header asks it to keep silent.
  { scenario: 'Sieve: away', address: 'away@postfix.example', expected: REACHED },
  { scenario: 'Sieve: away, says so anyway', address: 'away-anyway@postfix.example', expected: AWAY },
  { scenario: 'Sieve redirects to a gone one', address: 'redirects@postfix.example', expected: failed(/gone@exim/) },
  { scenario: 'quota, LMTP', address: 'full@postfix.example', expected: failed(/Quota exceeded/) },
  { scenario: 'quota, LDA', address: 'full-by-lda@postfix.example', expected: failed(/Quota exceeded/) },
  {
    scenario: 'greylisted for 20 s',
    address: 'grey@postfix.example',
    expected: { ...REACHED, reports: [['delayed', /Greylisted/]] },
  },
  {
    scenario: 'Postfix gives up',
    address: 'unreachable@postfix.example',
    expected: givenUp(/Connection refused/, /Connection refused/),
  },
  { scenario: 'SRS forwards to a gone one', address: 'moved@srs.example', expected: failed(/gone@exim/) },
  { scenario: 'domain with letters', address: 'dpo@rødgrød.example', expected: REACHED },
  { scenario: 'mailbox with letters', address: 'jørgen@postfix.example', expected: failed(/SMTPUTF8|Invalid TO/) },
  { scenario: 'Exim, Dovecot: delivered', address: 'reader@exim.example', expected: REACHED },
  { scenario: 'Exim refuses at RCPT', address: 'unknown@exim.example', expected: failed(/Unrouteable address/) },
  { scenario: 'Exim: refused later', address: 'gone@exim.example', expected: failed(/User doesn't exist/) },
  { scenario: 'Exim: left, in Danish', address: 'left@exim.example', expected: failed(/Fru Holm er fratrådt/) },
  {
    scenario: 'Exim: alias, one has left',
    address: 'board@exim.example',
    expected: failed(/User doesn't exist: gone@exim/),
  },
  { scenario: 'Exim: away', address: 'away@exim.example', expected: AWAY },
  {
    scenario: 'Exim gives up',
    address: 'unreachable@exim.example',
    expected: givenUp(/has not yet been delivered/, /retry timeout exceeded/),
  },
  { scenario: 'OpenSMTPD, Dovecot: delivered', address: 'reader@opensmtpd.example', expected: REACHED },
  {
    scenario: 'OpenSMTPD refuses at RCPT',
    address: 'unknown@opensmtpd.example',
    expected: failed(/Invalid recipient/),
  },
  { scenario: 'OpenSMTPD: refused later', address: 'gone@opensmtpd.example', expected: failed(/User doesn't exist/) },
  {
    scenario: 'OpenSMTPD gives up',
    address: 'unreachable@opensmtpd.example',
    expected: givenUp(/^450/, /Envelope expired/),
  },
  {
    scenario: `s-nail replies to ${MAIL_FROM}`,
    address: 's-nail@postfix.example',
    expected: { ...REACHED, answer: OBJECTION },
  },
  { scenario: 'mutt replies', address: 'mutt@postfix.example', expected: { ...REACHED, answer: OBJECTION } },
];
