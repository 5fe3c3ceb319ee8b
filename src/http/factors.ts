import { areFactorsFresh, FRESH_MINUTES, type SignedIn } from '../domain/session.ts';
import { Problem } from './problems.ts';

/**
 * What a session lacks that has proved no two factors yet, or too long ago for what takes fresh ones, in words; `null` for nothing
 * (D59).
 */
export function missingFactors(
  { session }: SignedIn,
  { takesFreshFactors = false }: { readonly takesFreshFactors?: boolean },
  now: Temporal.Instant,
): string | null {
  if (session.factorsAt === null) {
    return 'This session began by a link and has proved one factor: register a passkey.';
  }
  if (!takesFreshFactors || areFactorsFresh(session, now)) return null;
  return `This takes two factors of the last ${FRESH_MINUTES} minutes; this session proved them at ${session.factorsAt.toString()}.`;
}

/** Refuses with `factors-needed` what a session lacks factors for. */
export function expectFactors(...asked: Parameters<typeof missingFactors>): void {
  const missing = missingFactors(...asked);
  if (missing !== null) throw new Problem('factors-needed', missing);
}
