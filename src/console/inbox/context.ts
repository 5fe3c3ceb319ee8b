import * as changes from '../../api/changes.ts';
import * as controllers from '../../api/controllers.ts';
import type { ChangeView } from '../../domain/change-view.ts';
import { toProblem } from '../../http/errors.ts';
import type { Visit } from '../visit.ts';

/** The change that something of the inbox is about. */
export interface ChangeOfInbox {
  readonly id: string;
  readonly product: string;
  readonly name: string;
  readonly href: string;
  readonly status: ChangeView['status'];
  readonly regime: ChangeView['regime'];
}

/** The change with this id. Throws `not-found`, also for one of another product. */
export async function changeOf(visit: Visit, id: string): Promise<ChangeOfInbox> {
  const { product, companies, status, regime } = await visit.ask(changes.get, { params: { id } });
  return { id, product, name: companies.join(', '), href: `/console/changes/${id}`, status, regime };
}

/** The changes that items of a list are about, each asked for once. */
export async function changesOf(
  visit: Visit,
  items: readonly { readonly changeId: string | null }[],
): Promise<ReadonlyMap<string, ChangeOfInbox>> {
  const ids = [...new Set(items.flatMap(({ changeId }) => (changeId === null ? [] : [changeId])))];
  return new Map(await Promise.all(ids.map(async (id) => [id, await changeOf(visit, id)] as const)));
}

/** The customer that something is from: its name, or its number alone where it is not on record any more. */
export async function customerOf(visit: Visit, externalId: string): Promise<{ name: string; href: string }> {
  const href = `/console/customers/${encodeURIComponent(externalId)}`;
  try {
    const { name } = await visit.ask(controllers.get, { params: { externalId } });
    return { name: `${name} (${externalId})`, href };
  } catch (error) {
    if (toProblem(error) === null) throw error;
    return { name: externalId, href };
  }
}
