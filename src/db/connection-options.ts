import pg from 'pg';

const { builtins } = pg.types;
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.TIMESTAMPTZ]: (text) => Temporal.Instant.from(text.replace(' ', 'T')),
  [builtins.DATE]: (text) => Temporal.PlainDate.from(text),
  // Counts and positions stay far below 2^53.
  [builtins.INT8]: Number,
};

/** How long PostgreSQL may work on one statement, and how long it waits for the next one of a transaction. */
export interface Limits {
  readonly statementSeconds: number;
  readonly idleInTransactionSeconds: number;
}

/**
 * For everything that names no other. With the time between two sweeps, what has met a silent connection is tried again within 30
 * seconds on a new one; and what a process that vanished had locked is free by then.
 */
const USUAL: Limits = { statementSeconds: 12, idleInTransactionSeconds: 15 };
/** For a transaction that is held while a client sends a whole file. */
export const IMPORT: Limits = { statementSeconds: 12, idleInTransactionSeconds: 600 };
/** For what looks for one person in every table. */
export const SEARCH: Limits = { statementSeconds: 1_800, idleInTransactionSeconds: 15 };
/** For migrations, which may write to every row, and wait for another process that does. */
export const MIGRATION: Limits = { statementSeconds: 3_600, idleInTransactionSeconds: 600 };
/** For a verification, of which some statements read every row. */
export const VERIFICATION: Limits = { statementSeconds: 3_600, idleInTransactionSeconds: 600 };

/** So much longer than PostgreSQL itself we wait for a statement: it then ends with an error of PostgreSQL's, if that can be heard. */
const MARGIN_SECONDS = 3;

/** How long to wait for a connection: for one of the pool's, or for PostgreSQL to accept a new one. */
export const CONNECT_WITHIN_MS = 10_000;

/** PostgreSQL notices within 25 seconds that our host has vanished, and ends what it had locked. Where it cannot, it ignores this. */
const NOTICES_SILENCE = ['idle=10', 'interval=5', 'count=3'].map((setting) => `-c tcp_keepalives_${setting}`);

/** How long an idle connection of a pool is kept: ten seconds, which is the driver's own time (docs/decisions/033), or until the pool ends. */
export function idleFor(isKept: boolean): pg.PoolConfig {
  return isKept ? { idleTimeoutMillis: 0 } : {};
}

/** The options of a connection that these limits hold for. */
export function limitedTo({ statementSeconds, idleInTransactionSeconds }: Limits) {
  return {
    statement_timeout: statementSeconds * 1_000,
    idle_in_transaction_session_timeout: idleInTransactionSeconds * 1_000,
    query_timeout: (statementSeconds + MARGIN_SECONDS) * 1_000,
  };
}

/**
 * How every connection is made: `timestamptz` comes back as `Temporal.Instant`, `date` as `Temporal.PlainDate`, `bigint` as
 * a number. The session's time zone is UTC, because the text of an instant depends on it. Whatever is waited for has a limit,
 * because a network that goes silent closes nothing (docs/decisions/033).
 */
export function connectionOptions(connectionString: string, limits: Limits = USUAL): pg.PoolConfig {
  return {
    connectionString,
    application_name: 'varsel',
    options: ['-c timezone=UTC', ...NOTICES_SILENCE].join(' '),
    ...limitedTo(limits),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Statements are sent without waiting for the results of those before. Each still fails by itself, and with it the
    // transaction.
    pipeline: true,
    types: {
      getTypeParser: ((id: number, format?: 'text' | 'binary') =>
        PARSERS[id] ?? pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
    },
  };
}
