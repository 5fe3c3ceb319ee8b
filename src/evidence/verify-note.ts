import type { Checkpoint, Epoch } from '../db/seals.ts';
import { checkpointLine, checkpointText } from '../domain/checkpoint.ts';
import { openNote } from '../security/signed-note.ts';
import type { TrustedKeys } from './trusted-keys.ts';
import type { Findings } from './verification.ts';

/** Verifies that a checkpoint is signed as it stands on record, with the key that is named. */
export function verifyNote(checkpoint: Checkpoint, epoch: Epoch, keys: TrustedKeys, findings: Findings): void {
  const key = keys.find(checkpoint.keyId);
  if (key === null) {
    findings.add(
      'key',
      `${checkpointLine(checkpoint)} is signed with the key ${checkpoint.keyId}, which is not on record`,
    );
    return;
  }
  try {
    const text = openNote(checkpoint.note, epoch.origin, key);
    if (text !== checkpointText(checkpoint, epoch.previous)) {
      findings.add('checkpoint', `${checkpointLine(checkpoint)} is not what was signed: ${JSON.stringify(text)}`);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.add('checkpoint', `${checkpointLine(checkpoint)} is not signed as it stands: ${reason}`);
  }
}
