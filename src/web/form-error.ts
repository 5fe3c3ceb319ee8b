/** One error in what was sent, as the page shows it (`views/error-summary`). */
export interface FormError {
  /** In the summary at the top, where it links to the field. */
  readonly summary: string;
  /** The id of the field; `null` where the error is about no field. */
  readonly field: string | null;
  /** At the field, or in the summary where there is no field. */
  readonly message: string;
  /** What else the sender needs to know. */
  readonly notes: readonly string[];
}
