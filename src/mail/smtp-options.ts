import { parseConnectionUrl } from 'nodemailer/lib/shared';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

/** How the mail server is reached. */
export interface ConnectionSettings {
  /** `smtp://user:pass@host:587` or `smtps://…`. Its query overrides nodemailer's options, e.g. `?requireTLS=true`. */
  readonly smtpUrl: string;
  /** Hands nothing over on a connection that is not encrypted. */
  readonly requireTls?: boolean;
  /** Sends a password over a connection that is not encrypted. */
  readonly allowClearAuth?: boolean;
}

export interface SmtpOptions extends SMTPConnectionOptions {
  readonly auth?: { readonly user?: string; readonly pass?: string };
  readonly allowClearAuth: boolean;
}

/**
 * The options of a connection. With a password, encryption is required unless `allowClearAuth`: a server that offers none, or
 * somebody on the way who takes STARTTLS out of its offer, gets neither the password nor a notice with its link.
 */
export function smtpOptions({ smtpUrl, requireTls, allowClearAuth = false }: ConnectionSettings): SmtpOptions {
  const given: SMTPConnectionOptions & Pick<SmtpOptions, 'auth'> = {
    dnsTimeout: 10_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    ...(requireTls && { requireTLS: true }),
    ...parseConnectionUrl(smtpUrl),
  };
  return { ...given, ...(given.auth?.user && !allowClearAuth && { requireTLS: true }), allowClearAuth };
}
