import pg from 'pg';

const { builtins } = pg.types;
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.TIMESTAMPTZ]: (text) => Temporal.Instant.from(text.replace(' ', 'T')),
  [builtins.DATE]: (text) => Temporal.PlainDate.from(text),
  // Counts and positions stay far below 2^53.
  [builtins.INT8]: Number,
};

/**
 * How every connection is made: `timestamptz` comes back as `Temporal.Instant`, `date` as `Temporal.PlainDate`, `bigint` as
 * a number. The session's time zone is UTC, because the text of an instant depends on it.
 */
export function connectionOptions(connectionString: string): pg.PoolConfig {
  return {
    connectionString,
    application_name: 'varsel',
    options: '-c timezone=UTC',
    // Statements are sent without waiting for the results of those before. Each still fails by itself, and with it the
    // transaction.
    pipeline: true,
    types: {
      getTypeParser: ((id: number, format?: 'text' | 'binary') =>
        PARSERS[id] ?? pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
    },
  };
}
