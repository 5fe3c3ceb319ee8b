/**
 * How many connections are opened to a mail server that may allow fewer than are configured, and does not say how many.
 * Additive increase, multiplicative decrease: each refusal takes a quarter off, and one connection more is tried after a while.
 */
export interface ConnectionLimit {
  /** How many may be open now. */
  readonly now: number;
  /** Rises with each decrease. What `lower` is told of a connection. */
  readonly round: number;
  /** A connection was refused because others are open. One that was begun in an earlier round has been counted already. */
  lower(begunIn: number): void;
  /** A message was taken. */
  noteTaken(): void;
}

/** One more is tried after this time. Where that is too many, it costs a greeting that is refused. */
const RAISED_AFTER_MS = 10_000;

/** At most `most`, which it begins with. `clock` counts milliseconds. */
export function connectionLimit(most: number, clock = () => performance.now()): ConnectionLimit {
  let allowed = most;
  let round = 0;
  let changedAt = clock();
  return {
    get now() {
      return allowed;
    },
    get round() {
      return round;
    },
    lower(begunIn) {
      if (begunIn !== round) return;
      allowed = Math.max(1, Math.floor(allowed * 0.75));
      round += 1;
      changedAt = clock();
    },
    noteTaken() {
      if (allowed === most || clock() - changedAt < RAISED_AFTER_MS) return;
      allowed += 1;
      changedAt = clock();
    },
  };
}

const TOO_MANY = new RegExp(
  [
    '\\btoo many (?:\\w+ ){0,3}(?:connections|sessions)',
    '\\b(?:concurrent|simultaneous) (?:\\w+ )?(?:connections?|sessions?)',
    '\\b(?:connections?|sessions?|thread) (?:\\w+ )?limit',
    '\\bmax(?:imum)? (?:number of )?(?:\\w+ )?(?:connections|sessions)',
  ].join('|'),
  'i',
);

/**
 * Whether an error of nodemailer's is a refusal for the number of connections, which says nothing of the message: Microsoft 365
 * refuses the fourth at the greeting, at MAIL FROM, or after the content (432). A 421 before the recipient that gives no reason
 * counts as one where other connections are open.
 */
export function refusesConnection(error: unknown, othersAreOpen: boolean): boolean {
  const { code, command, response } = (error ?? {}) as { code?: unknown; command?: unknown; response?: unknown };
  if (typeof response !== 'string' || !/^4\d\d/.test(response) || String(command).startsWith('AUTH')) return false;
  if (/^432[ -]4\.3\.2\b/.test(response) || TOO_MANY.test(response.replace(/\s*\n4\d\d[ -]|\s+/g, ' '))) return true;
  const isBeforeRecipient = code !== 'EMESSAGE' && command !== 'RCPT TO' && command !== 'DATA';
  return response.startsWith('421') && isBeforeRecipient && othersAreOpen;
}
