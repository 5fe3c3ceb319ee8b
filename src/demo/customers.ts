const LINES_AT_ONCE = 500;

/** The address of a customer's contact. */
export const contactOf = (number: number) => `dpo@demo-${number}.example`;

/** The external id of a customer. */
export const numberOf = (number: number) => `demo-${number}`;

/** The name of a customer's contact. */
export const contactNameOf = (number: number) => `Kontakt ${number}`;

/** `count` customers as NDJSON, one line each. Every fifth reads English. Each contact may approve. */
export async function* customers(count: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let first = 1; first <= count; first += LINES_AT_ONCE) {
    const lines = Array.from({ length: Math.min(LINES_AT_ONCE, count - first + 1) }, (_, index) =>
      lineOf(first + index),
    );
    yield encoder.encode(lines.join(''));
  }
}

function lineOf(number: number): string {
  return `${JSON.stringify({
    externalId: numberOf(number),
    name: `Demokunde ${number} A/S`,
    registrationNumber: String(20_000_000 + number),
    products: ['truetalk'],
    contacts: [
      {
        email: contactOf(number),
        name: contactNameOf(number),
        language: number % 5 === 4 ? 'en' : 'da',
        mayApprove: true,
      },
    ],
  })}\n`;
}
