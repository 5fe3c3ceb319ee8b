import type { WithoutSecrets } from '../security/secrets-in-text.ts';

/** Deeper than any body that a schema describes; what a mail provider adds below that is shown nowhere. */
const DEEPEST = 20;

/**
 * A request's body without our own tokens in any of its texts: people copy what they got from us into reasons, explanations
 * and evidence, which are shown to readers and mailed to customers. Everything but texts stays as it is.
 */
export function bodyWithoutSecrets(body: unknown, withoutSecrets: WithoutSecrets, depth = 0): unknown {
  const within = (value: unknown) => bodyWithoutSecrets(value, withoutSecrets, depth + 1);
  if (typeof body === 'string') return withoutSecrets(body);
  if (typeof body !== 'object' || body === null || depth > DEEPEST) return body;
  if (Array.isArray(body)) return body.map(within);
  const prototype: unknown = Object.getPrototypeOf(body);
  if (prototype !== Object.prototype && prototype !== null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, within(value)]));
}
