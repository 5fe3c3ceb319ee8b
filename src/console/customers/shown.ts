import type { Language } from '../../domain/text.ts';
import type { Warning } from '../../domain/warning.ts';
import * as controllers from '../../api/controllers.ts';
import { toProblem } from '../../http/errors.ts';
import type { Visit } from '../visit.ts';

/** A contact as the API shows it. */
export interface ShownContact {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  readonly mayApprove: boolean;
}

/** A customer as the API shows it. */
export interface ShownCustomer {
  readonly externalId: string;
  readonly name: string;
  readonly registrationNumber: string;
  readonly products: readonly string[];
  readonly contacts: readonly ShownContact[];
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly termsVersions: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/** The address of a customer's page. */
export const customerPath = (externalId: string) => `/console/customers/${encodeURIComponent(externalId)}`;

/** The customer that the address names. */
export async function customerOf(visit: Visit): Promise<ShownCustomer> {
  const { externalId = '' } = visit.params;
  return visit.ask(controllers.get, { params: { externalId } });
}

/** What a customer is called; `null` of one that is not on record any more. */
export async function nameOfCustomer(visit: Visit, externalId: string): Promise<string | null> {
  try {
    const { name } = await visit.ask(controllers.get, { params: { externalId } });
    return name;
  } catch (error) {
    if (toProblem(error) === null) throw error;
    return null;
  }
}
