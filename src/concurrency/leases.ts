/** A row that this process has claimed, and the lease under which it holds it. */
export interface Claim {
  readonly id: string;
  readonly leaseId: string;
}

/** How long a claim holds that is not renewed. Whoever looks for what is due may take the row over from then on. */
export const LEASE: Temporal.DurationLike = { seconds: 30 };

/** So often a lease is renewed before it could end, and so soon again where that fails. */
const RENEWED = 1 / 3;
const RETRIED = 1 / 15;

/** Claims of one kind, renewed while this process lives. One that dies or is frozen loses them when their leases end. */
export interface Leases<Held extends Claim> {
  /** When a lease that begins now ends. */
  end(): Temporal.Instant;
  /** Renews these claims, whose leases end at `until`, again and again until they are let go. */
  hold(claims: readonly Held[], until: Temporal.Instant): void;
  letGo(claims: readonly Claim[]): void;
  /** Renews these claims of those held now, without waiting for their time. */
  renew(claims: readonly Claim[]): Promise<void>;
  /** Renews the claims whose leases have ended: this process was frozen, or its clock has been moved on. */
  renewEnded(): Promise<void>;
  /** The claim as it was renewed last, and when its lease ends; `undefined` where it is not held, or was taken over. */
  find(claim: Claim): HeldClaim<Held> | undefined;
  /** Lets all go. */
  letAllGo(): void;
}

interface HeldClaim<Held> {
  readonly claim: Held;
  readonly until: Temporal.Instant;
}

interface Renewing<Held extends Claim> {
  readonly clock: () => Temporal.Instant;
  /** `LEASE` unless given. */
  readonly length?: Temporal.DurationLike | undefined;
  /** Prolongs leases in the database. Resolves with those of the claims that nobody has taken over, as they are now. */
  readonly renewal: (claims: readonly Held[], until: Temporal.Instant) => Promise<readonly Held[]>;
  /** Is told why a renewal failed; it is tried again by itself. */
  readonly failed: (error: unknown) => void;
}

const keyOf = ({ id, leaseId }: Claim) => `${id} ${leaseId}`;

/**
 * Makes the one heartbeat of a kind of claims. A lease may have ended before it is renewed, for example while the database was
 * away: the row is ours all the same while nobody else has claimed it, and its renewal says so.
 */
export function leasesOf<Held extends Claim>(renewing: Renewing<Held>): Leases<Held> {
  const { clock, length = LEASE, renewal, failed } = renewing;
  const lengthMs = Temporal.Duration.from(length).total('milliseconds');
  /** Each as it was claimed, which a renewal names, and as it was found last. */
  const held = new Map<string, { readonly made: Held; readonly found: HeldClaim<Held> | undefined }>();
  let timer: NodeJS.Timeout | undefined;

  async function renew(claims: readonly Held[]): Promise<void> {
    const until = clock().add(length);
    const renewed = new Map((await renewal(claims, until)).map((claim) => [keyOf(claim), claim]));
    for (const made of claims) {
      const key = keyOf(made);
      const claim = renewed.get(key);
      // It may have been let go meanwhile.
      if (held.has(key)) held.set(key, { made, found: claim && { claim, until } });
    }
  }

  async function beat(): Promise<void> {
    try {
      await renew([...held.values()].map(({ made }) => made));
      beatIn(lengthMs * RENEWED);
    } catch (error) {
      failed(error);
      beatIn(lengthMs * RETRIED);
    }
  }

  /** Sets the time of the next renewal, or none where nothing is held. */
  function beatIn(milliseconds: number): void {
    clearTimeout(timer);
    // It keeps no process alive: what is claimed is let go before a process ends, or lost with it.
    timer = held.size === 0 ? undefined : setTimeout(() => void beat(), milliseconds).unref();
  }

  return {
    end: () => clock().add(length),
    hold(claims, until) {
      for (const made of claims) held.set(keyOf(made), { made, found: { claim: made, until } });
      if (timer === undefined) beatIn(lengthMs * RENEWED);
    },
    letGo(claims) {
      for (const claim of claims) held.delete(keyOf(claim));
      if (held.size === 0) beatIn(0);
    },
    renew: (claims) => renew(claims.flatMap((claim) => held.get(keyOf(claim))?.made ?? [])),
    async renewEnded() {
      const now = clock();
      const ended = [...held.values()].filter(({ found }) => found && Temporal.Instant.compare(found.until, now) <= 0);
      if (ended.length > 0) await renew(ended.map(({ made }) => made));
    },
    find: (claim) => held.get(keyOf(claim))?.found,
    letAllGo() {
      held.clear();
      beatIn(0);
    },
  };
}

/** Renews the lease of one claim for as long as `work` takes. */
export async function whileHeld<Held extends Claim, Result>(
  leases: Leases<Held>,
  claim: Held,
  until: Temporal.Instant,
  work: () => Promise<Result>,
): Promise<Result> {
  leases.hold([claim], until);
  try {
    return await work();
  } finally {
    leases.letGo([claim]);
  }
}
