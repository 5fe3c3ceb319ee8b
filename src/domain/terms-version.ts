import type { InputFault } from './refused.ts';

/** The faults of versions of terms that are of products which a controller has no agreement for (D46). */
export function foreignVersions({
  products,
  termsVersions = {},
}: {
  readonly products: readonly string[];
  readonly termsVersions?: Readonly<Record<string, unknown>> | undefined;
}): InputFault[] {
  return Object.keys(termsVersions)
    .filter((product) => !products.includes(product))
    .map((product) => ({
      path: `termsVersions.${product}`,
      message: `Expected a product that the controller has an agreement for: ${products.join(', ') || 'it has none'}`,
    }));
}
