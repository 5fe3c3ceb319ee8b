import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isTooEarly, wasNotServed } from '../db/postgres.ts';
import { inputFaults, InvalidRequest, Refused, type InputFault, type RefusalDetails } from '../domain/refused.ts';
import { mediaTypeRefused } from './media-types.ts';
import { Problem, problemBody, PROBLEMS, type ProblemCode } from './problems.ts';

/** A fault as the type provider reports it. Its `params` are what else zod's issue has. */
interface ProvidedFault {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: { readonly keys?: unknown };
}

/** Every fault that zod found, with a dotted path. */
function faultsOf(faults: readonly ProvidedFault[], unknown: string): InputFault[] {
  return inputFaults(
    faults.map(({ instancePath, message = 'Ill-formed', params }) => ({
      path: instancePath.split('/').filter((part) => part !== ''),
      message,
      ...(Array.isArray(params.keys) && { keys: params.keys.map(String) }),
    })),
    unknown,
  );
}

/** The problem that an error is reported as; `null` for a fault of our own, which no client is told about. */
export function toProblem(error: unknown): { code: ProblemCode; detail: string; details: RefusalDetails } | null {
  if (error instanceof Problem || error instanceof Refused) {
    return { code: error.code, detail: error.message, details: error.details };
  }
  if (error instanceof InvalidRequest) {
    return { code: 'invalid-request', detail: error.message, details: { errors: error.errors } };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const isQuery = error.validationContext === 'querystring';
    const errors = faultsOf(error.validation, isQuery ? 'Unknown parameter' : 'Unknown field');
    return {
      code: 'invalid-request',
      detail: `The ${isQuery ? 'query' : (error.validationContext ?? 'body')} does not fit its schema: see errors.`,
      details: { errors },
    };
  }
  const { code, statusCode, message } = error as Partial<FastifyError>;
  if (wasNotServed(error)) {
    const detail = isTooEarly(error)
      ? 'By the database’s time this cannot have happened yet: its clock and the one of this process differ. Nothing was done.'
      : 'The database gave no connection or no answer in time. Nothing was done.';
    return { code: 'overloaded', detail, details: {} };
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return {
      code: 'body-too-large',
      detail: 'The body is larger than what is taken here: 2 MiB, and with a scan 14 MiB.',
      details: {},
    };
  }
  if (statusCode === 429) {
    return { code: 'too-many-requests', detail: message ?? 'Too many requests in a short time.', details: {} };
  }
  if (statusCode === 403 || statusCode === 404) {
    return { code: 'not-found', detail: 'Nothing answers at this address.', details: {} };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'invalid-request', detail: message ?? 'The request is malformed.', details: { errors: [] } };
  }
  return null;
}

/** An address without what is secret in it, so that it can stand in logs and in problems. */
export type RedactAddress = (address: string) => string;

/** Sends a problem as the response to a request. */
export type SendProblem = (
  request: Pick<FastifyRequest, 'id' | 'url'>,
  reply: FastifyReply,
  code: ProblemCode,
  detail: string,
  details?: RefusalDetails,
) => Promise<void>;

/** `withoutSecrets` cuts our tokens out of the whole problem, which can quote what was sent. */
export function problemSender(redactAddress: RedactAddress, withoutSecrets: (text: string) => string): SendProblem {
  return async (request, reply, code, detail, details = {}) => {
    const { status, retryAfterSeconds } = PROBLEMS[code];
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
    if (code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="varsel"');
    await reply
      .code(status)
      .type('application/problem+json')
      .serializer((body) => withoutSecrets(JSON.stringify(body)))
      .send({ ...problemBody(code, detail, redactAddress(request.url), details), requestId: request.id });
  };
}

/** The last resort of every route: a refusal becomes its problem; any other error is logged, and its details are hidden. */
export function errorHandler(sendProblem: SendProblem) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (error === request.raw.errored) {
      request.log.info('the client hung up before its request was whole');
      return sendProblem(request, reply, 'invalid-request', 'The request breaks off.');
    }
    // An ill-formed id names nothing. Only a PUT creates the thing that its address names, and is told what a name may be.
    const isAboutAddress = hasZodFastifySchemaValidationErrors(error) && error.validationContext === 'params';
    if (isAboutAddress && request.method !== 'PUT') {
      return sendProblem(request, reply, 'not-found', 'There is nothing at this address: an id in it is ill-formed.');
    }
    const isMediaType = (error as Partial<FastifyError>).code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE';
    const problem = toProblem(isMediaType ? mediaTypeRefused(request) : error);
    if (problem) return sendProblem(request, reply, problem.code, problem.detail, problem.details);
    request.log.error({ err: error }, 'request failed');
    return sendProblem(request, reply, 'internal-error', 'Something went wrong here. Nothing was half done.');
  };
}
