/** One error in a form that was sent, as the page shows it (`views/error-summary`). */
export interface FormError {
  /** The text in the summary at the top, which links to the field. */
  readonly summary: string;
  /** The id of the field; `null` if the error is about no field. */
  readonly field: string | null;
  /** The text at the field, or in the summary if there is no field. */
  readonly message: string;
  /** Further paragraphs of the summary. */
  readonly notes: readonly string[];
}
