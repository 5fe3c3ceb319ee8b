import type { FastifyReply, FastifyRequest } from 'fastify';

/** That an operation will end. It is sent with every answer, and shown in the documentation (docs/api.md). */
export interface Deprecation {
  /** The day since which it is deprecated. */
  readonly since: string;
  /** The day on which it ends, at the earliest; `null` where that is not decided. */
  readonly sunset: string | null;
  /** The operation to use instead; `null` where there is none. */
  readonly instead: string | null;
}

const midnight = (day: string) => Temporal.PlainDate.from(day).toZonedDateTime('UTC').toInstant();

/** The headers that tell it: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594). */
function deprecationHeaders({ since, sunset }: Deprecation): Readonly<Record<string, string>> {
  return {
    deprecation: `@${midnight(since).epochMilliseconds / 1000}`,
    ...(sunset !== null && { sunset: new Date(midnight(sunset).epochMilliseconds).toUTCString() }),
  };
}

/** The hooks that set these headers on every answer, refusals too: none where an operation is not deprecated. */
export function tellDeprecation(deprecation: Deprecation | undefined) {
  if (deprecation === undefined) return [];
  const headers = deprecationHeaders(deprecation);
  return [async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => void reply.headers(headers)];
}

/** It in words, for the documentation. */
export function deprecationInWords({ since, sunset, instead }: Deprecation): string {
  const until = sunset === null ? '' : `, and may end on ${sunset}`;
  return `Deprecated since ${since}${until}.${instead === null ? '' : ` Use \`${instead}\` instead.`}`;
}
