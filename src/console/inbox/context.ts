import * as changes from '../../api/changes.ts';
import type { ChangeView } from '../../domain/change-view.ts';
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
