/** A generator of random choices that a seed repeats (mulberry32). */
export interface Random {
  below(limit: number): number;
  of<Each>(choices: readonly Each[]): Each | undefined;
}

export function aRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, of: (choices) => choices[below(choices.length)] };
}

type Instant = Temporal.Instant;

const later = (one: Instant, other: Instant | null): Instant =>
  other !== null && Temporal.Instant.compare(other, one) > 0 ? other : one;
const isBefore = (one: Instant, other: Instant) => Temporal.Instant.compare(one, other) < 0;

/** The end of the day that comes so many days after that of `from` in Copenhagen (D9). */
const endOfDayAfter = (days: number, from: Instant) =>
  from
    .toZonedDateTimeISO('Europe/Copenhagen')
    .toPlainDate()
    .add({ days: days + 1 })
    .toZonedDateTime('Europe/Copenhagen')
    .toInstant();

interface Open {
  notifiedAt: Instant;
  deadline: Instant;
}

/** One controller's part, from when it joined. */
interface Part {
  readonly controller: string;
  readonly since: Instant;
  leftAt: Instant | null;
  open: Open | null;
  /** As it stood whenever a bounce closed it. */
  readonly stood: Open[];
  hasLetter: boolean;
  hasProof: boolean;
  /** The members behind each notice's address of whom a delivery was reported, and a failure (null: of all). */
  readonly delivered: { notice: string; member: string }[];
  readonly failed: { notice: string; member: string | null }[];
  /** Notices that stand. */
  readonly standing: Set<string>;
  printed: Instant | null;
}

interface Notice {
  readonly id: string;
  readonly controller: string;
  readonly email: string;
}

interface Objection {
  readonly controller: string;
  status: 'pending' | 'rejected' | 'resolved';
  readonly rejectedFor: string | null;
}

export interface ModelledAnswer {
  readonly id: string;
  readonly controller: string;
  readonly receivedAt: Instant;
}

/**
 * What the rules say of a change and its controllers: D8, D11, D12, D14–D16, D20 and D30. It is told what happens, and knows
 * nothing of the code.
 */
export class ModelOfChange {
  #status: 'announced' | 'activated' = 'announced';
  readonly #parts: Part[] = [];
  readonly #objections: Objection[] = [];
  readonly #unread = new Map<string, ModelledAnswer>();
  /** Every acceptance that was told to the model, because a bounce takes one back once. */
  readonly #accepted = new Set<string>();
  /** Controllers with an agreement. */
  readonly #members = new Set<string>();
  /** The notices that were written to a controller since it joined. */
  readonly #written = new Map<Part, Set<string>>();

  readonly #plannedOn: Temporal.PlainDate;

  constructor(plannedOn: Temporal.PlainDate) {
    this.#plannedOn = plannedOn;
  }

  #running(controller: string): Part | undefined {
    return this.#parts.find((part) => part.controller === controller && part.leftAt === null);
  }
  counts(controller: string): boolean {
    return this.#members.has(controller);
  }
  isRunning(controller: string): boolean {
    return this.#status === 'announced' && this.#running(controller) !== undefined;
  }
  join(controller: string, at: Instant): void {
    this.#members.add(controller);
    if (this.#status !== 'announced') return;
    const empty = {
      open: null,
      stood: [],
      hasLetter: false,
      hasProof: false,
      delivered: [],
      failed: [],
      printed: null,
    };
    this.#parts.push({ controller, since: at, leftAt: null, standing: new Set(), ...empty });
  }

  leave(controller: string, at: Instant): void {
    this.#members.delete(controller);
    const part = this.#running(controller);
    if (part !== undefined && this.#status === 'announced') part.leftAt = at;
  }

  /** A mail to the controller printed this deadline (D11). */
  print(controller: string, deadline: Instant): void {
    for (const part of this.#parts) if (part.controller === controller) part.printed = later(deadline, part.printed);
  }

  /** D8. */
  accept(notice: Notice & { createdAt: Instant }, at: Instant): void {
    if (this.#accepted.has(notice.id)) return;
    this.#accepted.add(notice.id);
    const part = this.#running(notice.controller);
    if (part === undefined || isBefore(notice.createdAt, part.since)) return;
    part.standing.add(notice.id);
    this.#open(part, at, at);
  }

  #open(part: Part, at: Instant, countedFrom: Instant): void {
    if (this.#status !== 'announced') return;
    part.open ??= { notifiedAt: countedFrom, deadline: later(endOfDayAfter(10, at), part.printed) };
  }

  letter(controller: string, now: Instant): boolean {
    const part = this.#running(controller);
    if (part === undefined || this.#status !== 'announced') return false;
    part.hasLetter = true;
    const day = now.toZonedDateTimeISO('Europe/Copenhagen').startOfDay().toInstant();
    this.#open(part, day, day);
    return true;
  }

  #isProved(part: Part): boolean {
    const reached = part.delivered.some(
      ({ notice, member }) =>
        !part.failed.some((each) => each.notice === notice && (each.member === null || each.member === member)),
    );
    return part.hasProof || reached;
  }

  /** D12. */
  report(notice: Notice, action: 'failed' | 'delivered' | 'delayed', recipient: string | null, now: Instant): void {
    const part = this.#parts.find(
      (each) => each.standing.has(notice.id) || (each.controller === notice.controller && each.leftAt === null),
    );
    if (part === undefined || action === 'delayed') return;
    const isOfPart = this.#noticesOf(part).has(notice.id);
    if (action === 'delivered') {
      if (isOfPart && recipient !== null && recipient !== notice.email) {
        part.delivered.push({ notice: notice.id, member: recipient });
      }
      this.#restore(part, now);
      return;
    }
    part.failed.push({ notice: notice.id, member: recipient });
    const stood = part.standing.delete(notice.id);
    if (!stood || part.leftAt !== null || this.#status !== 'announced' || part.open === null) return;
    if (part.standing.size > 0 || part.hasLetter || this.#isProved(part)) return;
    part.stood.push(part.open);
    part.open = null;
  }

  #noticesOf(part: Part): Set<string> {
    return this.#written.get(part) ?? new Set();
  }
  /** A notice has been written to the controller. */
  write(notice: Notice & { createdAt: Instant }): void {
    for (const part of this.#parts) {
      if (part.controller !== notice.controller || isBefore(notice.createdAt, part.since)) continue;
      const written = this.#written.get(part) ?? new Set();
      this.#written.set(part, written.add(notice.id));
    }
  }

  /** D30. */
  #restore(part: Part | undefined, now: Instant): void {
    if (part === undefined || part.leftAt !== null || this.#status !== 'announced') return;
    const [first, ...more] = part.stood;
    if (first === undefined || part.open !== null || !this.#isProved(part)) return;
    const deadline = more.reduce((latest, each) => later(each.deadline, latest), first.deadline);
    part.open = {
      notifiedAt: more.reduce(
        (earliest, each) => (isBefore(each.notifiedAt, earliest) ? each.notifiedAt : earliest),
        first.notifiedAt,
      ),
      deadline: later(later(deadline, part.printed), endOfDayAfter(3, now)),
    };
  }

  #prove(controller: string, now: Instant): void {
    const part = this.#running(controller);
    if (part === undefined) return;
    part.hasProof = true;
    this.#restore(part, now);
  }

  /** An attempt through a link (D14–D16). Returns why it is rejected, or `null`. */
  attempt(controller: string, now: Instant, hasReasons: boolean): string | null {
    const rejectedFor = this.#judge(controller, now, hasReasons);
    this.#objections.push({ controller, status: rejectedFor === null ? 'pending' : 'rejected', rejectedFor });
    this.#prove(controller, now);
    return rejectedFor;
  }

  #judge(controller: string, receivedAt: Instant, hasReasons: boolean): string | null {
    if (this.#status !== 'announced') return 'change-ended';
    const part = this.#running(controller) ?? this.#parts.findLast((each) => each.controller === controller);
    const { leftAt = null, open = null } = part ?? {};
    const deadline = open && (leftAt !== null && isBefore(leftAt, open.deadline) ? leftAt : open.deadline);
    if (deadline !== null && !isBefore(receivedAt, deadline)) return 'window-closed';
    if (leftAt !== null && !isBefore(receivedAt, leftAt)) return 'agreement-ended';
    return hasReasons ? null : 'reasons-required';
  }

  resolve(): void {
    const pending = this.#objections.find(({ status }) => status === 'pending');
    if (pending !== undefined) pending.status = 'resolved';
  }

  answer(id: string, controller: string, receivedAt: Instant): void {
    this.#unread.set(id, { id, controller, receivedAt });
  }
  unread(): ModelledAnswer[] {
    return [...this.#unread.values()];
  }
  classify(
    answer: ModelledAnswer,
    said: { decision: string; writtenByPerson?: boolean } | undefined,
    now: Instant,
  ): void {
    this.#unread.delete(answer.id);
    const isObjection = said?.decision === 'objection';
    if (isObjection) {
      const rejectedFor = this.#judge(answer.controller, answer.receivedAt, true);
      this.#objections.push({
        controller: answer.controller,
        status: rejectedFor === null ? 'pending' : 'rejected',
        rejectedFor,
      });
    }
    const part = this.#running(answer.controller);
    if (part === undefined || isBefore(answer.receivedAt, part.since)) return;
    if (isObjection || said?.writtenByPerson === true) this.#prove(answer.controller, now);
  }

  /** An officer's statement. Returns whether it is taken. */
  state(notice: Notice, now: Instant): boolean {
    const part = this.#running(notice.controller);
    if (this.#status !== 'announced' || part === undefined) return false;
    if (!this.#noticesOf(part).has(notice.id) || !this.#accepted.has(notice.id)) return false;
    this.#prove(notice.controller, now);
    return true;
  }

  /** D20. Returns the blockers. */
  activate(now: Instant): string[] {
    if (this.#status !== 'announced') return ['not-announced'];
    const counting = this.#parts.filter(({ leftAt }) => leftAt === null);
    const plannedAt = this.#plannedOn.toZonedDateTime('Europe/Copenhagen').toInstant();
    const blockers = [
      ...(counting.some(({ open }) => open === null) ? ['controllers-not-notified'] : []),
      ...(counting.some(({ open }) => open !== null && isBefore(now, open.deadline)) ? ['objection-windows-open'] : []),
      ...(this.#objections.some(({ status }) => status === 'pending') ? ['objections-pending'] : []),
      ...(this.#unread.size > 0 ? ['answers-unread'] : []),
      ...(isBefore(now, plannedAt) ? ['planned-date-not-reached'] : []),
    ];
    if (blockers.length === 0) this.#status = 'activated';
    return blockers;
  }

  said(): object {
    const text = (instant: Instant) => instant.toString({ smallestUnit: 'millisecond' });
    const parts = this.#parts
      .filter(({ leftAt }) => leftAt === null)
      .map(({ controller, open }) => [
        controller,
        { notifiedAt: open && text(open.notifiedAt), deadline: open && text(open.deadline) },
      ]);
    const objections = this.#objections.map(({ controller, status, rejectedFor }) =>
      [controller, status, status === 'rejected' ? rejectedFor : null].join(' '),
    );
    return { status: this.#status, parts: Object.fromEntries(parts), objections: objections.sort() };
  }
}
