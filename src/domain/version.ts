/** The version of the product, and of its API: `version` of package.json. */
export const VERSION = '0.1.0';
