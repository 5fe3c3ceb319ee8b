import type { RecordedSealKey } from '../db/seals.ts';
import { isSuccessor, sealKeyId } from '../security/seal-keys.ts';
import type { Findings } from './verification.ts';

/** The keys that signed checkpoints, as far as each names the next, up to the one that is known outside. */
export class TrustedKeys {
  readonly #byId: ReadonlyMap<string, Buffer>;

  /** Tells `findings` of a key that the one before it has not signed, and where the last is not the one that is known outside. */
  constructor(recorded: readonly RecordedSealKey[], outside: Buffer | undefined, findings: Findings) {
    this.#byId = new Map(recorded.map(({ id, publicKey }) => [id, publicKey]));
    for (const [place, { id, publicKey, previous, signature }] of recorded.entries()) {
      const before = recorded[place - 1];
      if (sealKeyId(publicKey) !== id) findings.add('key', `the key on record as ${id} is another`);
      if (previous !== (before?.id ?? null)) findings.add('key', `the key ${id} does not follow the one before it`);
      if (before === undefined) continue;
      if (signature === null || !isSuccessor(id, before.publicKey, signature)) {
        findings.add(
          'key',
          `the key ${id} was not signed by the one before it, ${before.id}: somebody else may have begun to sign`,
        );
      }
    }
    const last = recorded.at(-1);
    if (outside !== undefined && last !== undefined && sealKeyId(outside) !== last.id) {
      findings.add('key', `checkpoints are signed with the key ${last.id}, and ${sealKeyId(outside)} was expected`);
    }
  }

  /** The public key with this id, or `null`. */
  find(id: string): Buffer | null {
    return this.#byId.get(id) ?? null;
  }
}
