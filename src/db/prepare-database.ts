import { databaseRole, type DatabaseRole } from './database-role.ts';
import { migrate, refuseUnmigrated, schemaFaults } from './migrations.ts';
import { onOwnConnection } from './own-connection.ts';

/** The database as the application uses it, and as its owner, who migrates; `null` where one role does both. */
export interface DatabaseUrls {
  readonly databaseUrl: string;
  readonly ownerUrl: string | null;
}

/** What preparing a database found and did. */
export interface PreparedDatabase {
  /** The role that the application connects as. */
  readonly role: DatabaseRole;
  /** The files of `sql/` that were applied. */
  readonly applied: readonly string[];
}

/**
 * Makes the database ready for the application (docs/decisions/030): migrated by its owner, with the grants of the
 * application's role, and with the clock of a trial moved by `clockOffset`. Without `ownerUrl`, the application's role migrates
 * where it owns the database; otherwise the database must be up to date. Throws, with a message for the operator, where it is
 * not, where `migrate` throws, where the two URLs lead to different tables, and where the application's role could take off or go
 * around the guards, unless that is allowed.
 */
export async function prepareDatabase(
  { databaseUrl, ownerUrl }: DatabaseUrls,
  {
    at,
    allowOwner,
    clockOffset = null,
    isTrial = false,
  }: { at: Temporal.Instant; allowOwner: boolean; clockOffset?: Temporal.Duration | null; isTrial?: boolean },
): Promise<PreparedDatabase> {
  const application = { url: databaseUrl, setting: 'DATABASE_URL' } as const;
  const before = await onOwnConnection(application, databaseRole);
  if (ownerUrl === null) {
    if (!allowOwner) refusePowerfulRole(before);
    if (before.isOwner)
      return { role: before, applied: await migrate(application, at, { application: null, clockOffset, isTrial }) };
    await onOwnConnection(application, refuseUnmigrated);
    return { role: before, applied: [] };
  }
  const applied = await migrate({ url: ownerUrl, setting: 'DATABASE_OWNER_URL' }, at, {
    application: before.name,
    clockOffset,
    isTrial,
  });
  const [role, [fault]] = await onOwnConnection(application, async (db) => [
    await databaseRole(db),
    await schemaFaults(db),
  ]);
  // It would work on tables of another version.
  if (fault !== undefined) {
    throw new Error(
      `DATABASE_URL and DATABASE_OWNER_URL lead to different tables: the owner has migrated, and the role ${role.name} finds ` +
        `that ${fault}. Name the same database in both; both roles have to find the tables in the same schema.`,
    );
  }
  if (!allowOwner) refusePowerfulRole(role);
  return { role, applied };
}

function refusePowerfulRole({ name, powers }: DatabaseRole): void {
  if (powers.length === 0) return;
  throw new Error(
    `The role ${name} of DATABASE_URL could take off or go around what guards the record: it ${powers.join(', ')}. Give the ` +
      'application a role that owns nothing, and DATABASE_OWNER_URL the owner (README, Production), or set ' +
      'ALLOW_DATABASE_OWNER=true.',
  );
}
