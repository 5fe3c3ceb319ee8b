import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { oneLine, storable } from '../../domain/text.ts';

/**
 * Why a provider's answer is no sign-in: it cannot be reached or says nothing of use; it says no, to the person or to us; or
 * what it says cannot be trusted.
 */
export type ProviderFaultKind = 'unavailable' | 'refused' | 'untrusted';

/** Thrown where a provider gives no answer that holds. The message is for the operator's log: no token, code or person in it. */
export class ProviderFault extends Error {
  readonly kind: ProviderFaultKind;
  /** What the provider called its refusal (`access_denied`); `null` where it gave none. */
  readonly code: string | null;

  constructor(kind: ProviderFaultKind, message: string, code: string | null = null) {
    super(message);
    this.name = 'ProviderFault';
    this.kind = kind;
    this.code = code;
  }
}

/** What the library reports where no answer came, or one that is none of a provider: a page of a proxy, a status of 5xx. */
const NO_ANSWER = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'];
/** Reports on a code, a client or a person. Only such words go into pages: anybody can make an address of our callback. */
const CODE = /^[a-z_]{1,40}$/;

/** An error of the library, or of the connection, as a fault of the provider. */
export function inFaults(error: unknown): ProviderFault {
  if (error instanceof ProviderFault) return error;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const code = CODE.test(error.error) ? error.error : null;
    return new ProviderFault('refused', `The provider refused: ${code ?? 'without a code that is one'}`, code);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new ProviderFault('refused', `The provider refused Varsel with status ${error.status}`, 'invalid_client');
  }
  if (error instanceof ClientError) {
    const reason = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
    const kind = NO_ANSWER.includes(error.code ?? '') ? 'unavailable' : 'untrusted';
    return new ProviderFault(kind, `${error.code ?? 'no code'}: ${oneLine(storable(reason)).slice(0, 300)}`);
  }
  return new ProviderFault(
    'unavailable',
    `The provider gave no answer: ${oneLine(connectionFault(error)).slice(0, 300)}`,
  );
}

/** `fetch` says only that it failed; why stands in its cause. */
function connectionFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return connectionFault(cause.errors[0]);
  return cause instanceof Error ? connectionFault(cause) : error.message;
}
