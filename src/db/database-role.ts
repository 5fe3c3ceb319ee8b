import { oneRow, type Queryable } from './postgres.ts';

/** The role that a connection acts as, and what it could do to the guards (docs/decisions/030). */
export interface DatabaseRole {
  readonly name: string;
  /** Whether it can migrate: it owns the tables, or may create them where there are none. */
  readonly isOwner: boolean;
  /** By what it could take the guards off or go around them, in words; empty for the role that an application should have. */
  readonly powers: readonly string[];
}

/** Each in the words that follow the name of a role. */
const POWERS: Readonly<Record<string, string>> = {
  'is a superuser': `(select rolsuper from pg_roles where rolname = current_user)`,
  'owns tables': `exists (select from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and pg_has_role(relowner, 'member'))`,
  'owns functions': `exists (select from pg_proc
    where pronamespace = current_schema()::regnamespace and pg_has_role(proowner, 'member'))`,
  'may create in the schema': `has_schema_privilege(current_schema(), 'create')`,
  'may create schemas': `has_database_privilege(current_database(), 'create')`,
  'may create temporary tables': `has_database_privilege(current_database(), 'temporary')`,
  'may truncate tables or give them triggers': `exists (select from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and has_table_privilege(oid, 'truncate, trigger'))`,
  'may write to every table': `coalesce(has_table_privilege(to_regclass('migrations'), 'insert, update, delete'), false)`,
  'can become a superuser': `not (select rolsuper from pg_roles where rolname = current_user)
    and exists (select from pg_roles where rolsuper and pg_has_role(oid, 'member'))`,
  'may run programs or write files on the server': `pg_has_role('pg_execute_server_program', 'member')
    or pg_has_role('pg_write_server_files', 'member')`,
  'may set session_replication_role': `has_parameter_privilege('session_replication_role', 'set')`,
};

/** The role of this connection. */
export async function databaseRole(db: Queryable): Promise<DatabaseRole> {
  const powers = Object.entries(POWERS).map(([power, has]) => `case when ${has} then '${power}' end`);
  return oneRow<DatabaseRole>(
    db,
    `select current_user::text as name,
       coalesce(pg_has_role((select relowner from pg_class where oid = to_regclass('migrations')), 'member'),
         has_schema_privilege(current_schema(), 'create'), false) as "isOwner",
       array_remove(array[${powers.join(', ')}], null) as powers`,
  );
}

/** What a role could do to the guards, in words for the operator. */
export function roleInWords({ name, powers }: DatabaseRole): string {
  const could =
    powers.length === 0 ? 'cannot take its guards off' : `could take its guards off: it ${powers.join(', ')}`;
  return `the database is used as the role ${name}, which ${could}`;
}
