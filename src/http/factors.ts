import { areFactorsFresh, FRESH_MINUTES, type SignedIn } from '../domain/session.ts';
import { Problem } from './problems.ts';

/**
 * Refuses with `factors-needed` what a session does that has proved no two factors yet, and what takes fresh ones where they were
 * proved too long ago (D59).
 */
export function expectFactors(
  { session }: SignedIn,
  { takesFreshFactors = false }: { readonly takesFreshFactors?: boolean },
  now: Temporal.Instant,
): void {
  if (session.factorsAt === null) {
    throw new Problem('factors-needed', 'This session began by a link and has proved one factor: register a passkey.');
  }
  if (takesFreshFactors && !areFactorsFresh(session, now)) {
    throw new Problem(
      'factors-needed',
      `This takes two factors of the last ${FRESH_MINUTES} minutes; this session proved them at ${session.factorsAt.toString()}.`,
    );
  }
}
