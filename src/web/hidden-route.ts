/** Route options that keep a route out of the documentation of the API. */
export const HIDDEN = { schema: { hide: true } };
