/** What an operation answers with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a repeat with the same idempotency key gets instead of `body`, where that holds a secret that is shown once. */
  readonly repeatedBody?: unknown;
}
