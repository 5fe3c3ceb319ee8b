import type { ApiDependencies } from '../api/dependencies.ts';
import type { AddressOf } from './visit.ts';

/** What the console works with. */
export interface ConsoleDependencies {
  readonly api: ApiDependencies;
  readonly addressOf: AddressOf;
  /** Whether this is a trial: a one-time link then counts for two factors, and one person may do what takes two. */
  readonly isTrial: boolean;
}
