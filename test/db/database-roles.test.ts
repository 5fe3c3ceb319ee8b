import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { databaseRole, type DatabaseRole } from '../../src/db/database-role.ts';
import { prepareDatabase } from '../../src/db/prepare-database.ts';
import { dataDirectory, endAll, startProcess } from '../journeys/varsel-process.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';

const at = Temporal.Instant.from('2026-03-02T09:00:00Z');
const FILES = readdirSync('sql').filter((name) => name.endsWith('.sql'));

let database: TestDatabase;
beforeAll(async () => void (database = await createDatabase()));
afterAll(() => database.close());

async function aDatabase(): Promise<TestDatabase> {
  const made = await createDatabase('PT0S');
  onTestFinished(() => made.close());
  return made;
}

const prepare = (databaseUrl: string, ownerUrl: string | null, allowOwner = false) =>
  prepareDatabase({ databaseUrl, ownerUrl }, { at, allowOwner });

/** A further role that may log in to the server, and the database's URL as that role. */
async function aRole({ owner, url }: TestDatabase): Promise<{ name: string; url: string }> {
  const name = `role_${randomBytes(4).toString('hex')}`;
  await owner.query(`create role ${name} login password 'of-the-tests'`);
  onTestFinished(async () => {
    await owner.query(`reassign owned by ${name} to varsel`);
    await owner.query(`drop owned by ${name}`);
    await owner.query(`drop role ${name}`);
  });
  return { name, url: Object.assign(new URL(url), { username: name, password: 'of-the-tests' }).href };
}

async function roleOf(url: string): Promise<DatabaseRole> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await databaseRole(client);
  } finally {
    await client.end();
  }
}

describe('The role of the application', () => {
  test('owns nothing, and has no power over the guards', async () => {
    expect(await databaseRole(database.pool)).toEqual({ name: 'varsel_application', isOwner: false, powers: [] });
    expect(await databaseRole(database.owner)).toMatchObject({ name: 'varsel', isOwner: true });
  });

  test.each([
    'alter table changes disable trigger all',
    'alter table changes add column force boolean',
    'set session_replication_role = replica',
    'drop trigger guard_change on changes',
    'create or replace function guard_change() returns trigger language plpgsql as $$ begin return new; end $$',
    'create trigger before_the_guards before update on changes for each row execute function count_windows()',
    'create table mine ()',
    'create schema mine',
    'create temporary table objections ()',
    'create function mine() returns integer language sql return 1',
    'truncate messages cascade',
    'drop table audit_log',
    `update api_keys set role = 'admin'`,
    'update messages set email = email',
    'delete from contacts using events where false',
    'insert into migrations values ($$x$$, $$x$$, $$2026-01-01$$)',
    'update event_feed set xact_offset = 0',
    'delete from change_counts',
    `insert into change_counts (change_id, counted, amount) select id, 'objections-pending', -1 from changes`,
    'delete from audience_members',
    'alter role varsel_application superuser',
    'set role varsel',
    'copy (select 1) to program $$true$$',
  ])('cannot: %s', async (statement) => {
    // One of them is allowed, so that this test can fail: contacts are replaced.
    const attempt = database.pool.query(statement);
    if (statement.startsWith('delete from contacts')) await expect(attempt).resolves.toMatchObject({ rowCount: 0 });
    else await expect(attempt).rejects.toThrow(/permission denied|must be owner|only roles with the SUPERUSER/i);
  });

  test('has the grants that statements of src/db need, and no other', async () => {
    const { rows: tables } = await database.owner.query(
      `select table_name as table, privilege_type as privilege from information_schema.role_table_grants
       where grantee = 'varsel_application' and privilege_type not in ('SELECT', 'INSERT')
       union all
       -- Into every column, or into every one but xact_id, which says what transaction wrote the row.
       select c.table_name, 'INSERT' from information_schema.role_column_grants c
       where grantee = 'varsel_application' and privilege_type = 'INSERT' group by 1
       having array_agg(c.column_name::text order by c.column_name) = (select array_agg(a.column_name::text order by a.column_name)
         from information_schema.columns a where a.table_name = c.table_name
           and (a.column_name <> 'xact_id' or a.data_type <> 'bigint'))`,
    );
    const { rows: columns } = await database.owner.query(
      `select table_name as table, column_name as column from information_schema.role_column_grants
       where grantee = 'varsel_application' and privilege_type = 'UPDATE'`,
    );
    const granted = [
      ...tables.map(({ table, privilege }) => `${privilege.toLowerCase()} ${table}`),
      ...columns.map(({ table, column }) => `update ${table}.${column}`),
    ];
    expect(granted.toSorted()).toEqual(neededByStatements().toSorted());
  });
});

/** What the statements of src/db write: inserts and deletes by table, updates by column. */
function neededByStatements(): string[] {
  // What these run, an owner runs.
  const files = readdirSync('src/db').filter((file) => !['migrations.ts', 'planner.ts'].includes(file));
  const needed = files.flatMap((file) => {
    // The owner aligns the feed, moves the clock of a trial, and says that it is one.
    const text = readFileSync(`src/db/${file}`, 'utf8')
      .replaceAll(/update (?:event_feed|installation) set.*/g, '')
      .replaceAll(/ *--.*/g, '')
      .replaceAll(/'[\w-]*'/g, 'text');
    const inserts = [...text.matchAll(/insert into (\w+)/g)].map(([, table]) => `insert ${table}`);
    const deletes = [...text.matchAll(/delete from (\w+)/g)].map(([, table]) => `delete ${table}`);
    const updates = [
      ...text.matchAll(/\b(?:update (\w+)(?: \w+)?|insert into (\w+)[^;]*?do update)\s+set\s+/g),
    ].flatMap(({ 0: found, 1: updated, 2: inserted, index }) =>
      assignedIn(text.slice(index + found.length)).map((column) => `update ${updated ?? inserted}.${column}`),
    );
    return [...inserts, ...deletes, ...updates];
  });
  return [...new Set(needed)];
}

/** The columns on the left of what follows `set`, up to the end of the assignments. */
function assignedIn(rest: string): string[] {
  const columns: string[] = [];
  let depth = 0;
  let isColumn = true;
  for (const [token] of rest.matchAll(/[a-z_]+|\$\{\w+\}|\S/g)) {
    if (depth === 0 && /^(where|from|returning|`|')$/.test(token)) break;
    if (depth < 0) break;
    if (isColumn) columns.push(...(token === '${column}' ? MILESTONES : [token]));
    isColumn = depth === 0 && token === ',';
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === 'case') depth += 1;
    if (token === 'end') depth -= 1;
  }
  return columns;
}

/** What `markMilestone` assigns, one of them at a time. */
const MILESTONES = [
  'notified_event_at',
  'deadline_approaching_event_at',
  'answers_approaching_event_at',
  'windows_closed_event_at',
];

describe('A database is prepared', () => {
  test('by an owner who is no superuser, for another role, in a database of its own', async () => {
    const made = await aDatabase();
    const [owner, application] = [await aRole(made), await aRole(made)];
    await made.owner.query(`drop schema public cascade; create schema public`);
    await made.owner.query(`alter schema public owner to ${owner.name}`);
    const name = new URL(made.url).pathname.slice(1);
    await made.owner.query(`alter database ${name} owner to ${owner.name}`);
    onTestFinished(async () => void (await made.owner.query(`alter database ${name} owner to varsel`)));
    await made.owner.query(`grant usage on schema public to ${application.name}`);

    const { applied, role } = await prepare(application.url, owner.url);
    expect(applied).toEqual(FILES.toSorted());
    expect(role).toEqual({ name: application.name, isOwner: false, powers: [] });
    expect(await prepare(application.url, null)).toMatchObject({ applied: [], role: { powers: [] } });
    expect(await prepare(application.url, owner.url)).toMatchObject({ applied: [] });
  });

  test('by the one role that does both, where that is allowed', async () => {
    const { ownerUrl } = await aDatabase();
    await expect(prepare(ownerUrl, null)).rejects.toThrow(
      'The role varsel of DATABASE_URL could take off or go around what guards the record: it is a superuser, owns tables',
    );
    await expect(prepare(ownerUrl, ownerUrl)).rejects.toThrow('or set ALLOW_DATABASE_OWNER=true');
    expect(await prepare(ownerUrl, null, true)).toMatchObject({ applied: [], role: { name: 'varsel', isOwner: true } });
    // Not its own rights are taken away.
    expect(await prepare(ownerUrl, ownerUrl, true)).toMatchObject({ applied: [] });
    const client = new pg.Client(ownerUrl);
    await client.connect();
    await client.query('select from audit_log');
    await client.end();
  });

  test('not by a role that may not: it says what is missing and who applies it', async () => {
    const made = await aDatabase();
    await made.owner.query(`delete from migrations where name = '004_mail_first_on_record.sql'`);
    await made.owner.query(`update migrations set sha256 = 'of another text' where name = 'grants.sql'`);
    await expect(prepare(made.url, null)).rejects.toThrow(
      'The database lacks 004_mail_first_on_record.sql, grants.sql, which its owner applies: run npm run migrate with DATABASE_OWNER_URL.',
    );
  });

  test('for each role that connects: one without grants is told so, and has them after the next migration', async () => {
    const made = await aDatabase();
    const another = await aRole(made);
    await expect(prepare(another.url, null)).rejects.toThrow('may not read the database: run npm run migrate');
    await prepare(another.url, made.ownerUrl);
    expect(await prepare(another.url, null)).toMatchObject({ role: { name: another.name, powers: [] } });
  });

  test('not where the application is on another one, which may be of an older version', async () => {
    const [made, other] = [await aDatabase(), await aDatabase()];
    await other.owner.query(`delete from migrations where name = '010_terms_on_record.sql'`);
    await expect(prepare(other.url, made.ownerUrl)).rejects.toThrow(
      'DATABASE_URL and DATABASE_OWNER_URL lead to different tables: the owner has migrated, and the role varsel_application ' +
        'finds that 010_terms_on_record.sql has not been applied.',
    );
    await other.owner.query('drop schema public cascade; create schema public; grant usage on schema public to public');
    await expect(prepare(other.url, made.ownerUrl)).rejects.toThrow('finds that 001_schema.sql has not been applied');
  });

  test('by its owner again after it was restored from a dump, so that readers of the feed miss nothing', async () => {
    const made = await aDatabase();
    await made.owner.query('alter table events disable trigger guard_event_place');
    await made.owner.query(
      `insert into events (xact_id, type, at, data) values ('9000000000', 'webhook.enabled', $1, '{}')`,
      [at.toString()],
    );
    await expect(prepare(made.url, null)).rejects.toThrow('was restored from a dump');
    await prepare(made.url, made.ownerUrl);
    await prepare(made.url, null);
  });
});

test.each<[string, (role: string) => string]>([
  ['is a superuser', (role) => `alter role ${role} superuser`],
  ['owns tables', (role) => `alter table sending_rate owner to ${role}`],
  ['owns tables', (role) => `grant varsel to ${role}`],
  ['owns functions', (role) => `alter function guard_change owner to ${role}`],
  ['may create in the schema', (role) => `grant create on schema public to ${role}`],
  ['may create schemas', (role) => `grant create on database "$database" to ${role}`],
  ['may create temporary tables', (role) => `grant temporary on database "$database" to ${role}`],
  ['may truncate tables or give them triggers', (role) => `grant trigger on changes to ${role}`],
  ['may truncate tables or give them triggers', (role) => `grant truncate on audit_log to ${role}`],
  ['may write to every table', (role) => `grant pg_write_all_data to ${role}`],
  ['can become a superuser', (role) => `grant varsel to ${role}`],
  ['may run programs or write files on the server', (role) => `grant pg_write_server_files to ${role}`],
  ['may set session_replication_role', (role) => `grant set on parameter session_replication_role to ${role}`],
])('A role that %s is refused in production', async (power, giving) => {
  const made = await aDatabase();
  const { name, url } = await aRole(made);
  await prepare(url, made.ownerUrl);
  expect((await roleOf(url)).powers).toEqual([]);
  await made.owner.query(giving(name).replace('$database', new URL(url).pathname.slice(1)));
  expect((await roleOf(url)).powers).toContain(power);
  await expect(prepare(url, null)).rejects.toThrow(power);
});

describe('A process', () => {
  const production = async (given: Readonly<Record<string, string>>) => {
    onTestFinished(endAll);
    return startProcess({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://varsel.telenor.example',
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'varsel@telenor.example',
      MAIL_REPLY_TO: 'indsigelse@telenor.example',
      APP_SECRET: randomBytes(32).toString('base64url'),
      ADMIN_API_KEY: randomBytes(24).toString('base64url'),
      SEAL_KEY_FILE,
      DATA_DIR: await dataDirectory(),
      ...given,
    });
  };

  test('in production uses no database as its owner, and says what it could do', async () => {
    const { ownerUrl } = await aDatabase();
    const refused = await (await production({ DATABASE_URL: ownerUrl })).ended;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^Varsel could not start\. The role varsel of DATABASE_URL could take off .*\n$/);
  });

  test('in production uses it so where it is told to, and says so', async () => {
    const { ownerUrl } = await aDatabase();
    const started = await production({ DATABASE_URL: ownerUrl, ALLOW_DATABASE_OWNER: 'true' });
    await started.up;
    const { stdout } = await started.stop();
    expect(stdout).toContain(
      'the database is used as the role varsel, which could take its guards off: it is a superuser',
    );
  });

  test('migrates as the owner and works as the application, where it has both, and says which', async () => {
    const made = await aDatabase();
    await made.owner.query(`update migrations set sha256 = 'of another text' where name = 'guards.sql'`);
    const started = await production({ DATABASE_URL: made.url, DATABASE_OWNER_URL: made.ownerUrl });
    await started.up;
    const { stdout } = await started.stop();
    expect(stdout).toContain('the database is used as the role varsel_application, which cannot take its guards off');
  });

  test('npm run migrate brings the database up to date, and says what it did', async () => {
    const made = await aDatabase();
    await made.owner.query(`update migrations set sha256 = 'of another text' where name = 'guards.sql'`);
    const env = { DATABASE_URL: made.url, DATABASE_OWNER_URL: made.ownerUrl };
    onTestFinished(endAll);
    expect(await startProcess(env, 'src/migrate.ts').ended).toMatchObject({
      code: 0,
      stdout:
        'The database is migrated. Applied: guards.sql. From now on the database is used as the role varsel_application, ' +
        'which cannot take its guards off.\n',
    });
    expect((await startProcess(env, 'src/migrate.ts').ended).stdout).toContain('Applied: nothing, it was up to date.');
    const refused = await startProcess({ DATABASE_OWNER_URL: made.ownerUrl }, 'src/migrate.ts').ended;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL is missing') });
  });
});
