import './require-node-26.cjs';
import { readDatabaseConfig } from './config/config.ts';
import { roleInWords } from './db/database-role.ts';
import { prepareDatabase } from './db/prepare-database.ts';
import { systemClock } from './domain/clock.ts';

try {
  const { databaseUrl, databaseOwnerUrl: ownerUrl } = readDatabaseConfig();
  const at = systemClock();
  const { role, applied } = await prepareDatabase({ databaseUrl, ownerUrl }, { at, allowOwner: true });
  const done = applied.length === 0 ? 'nothing, it was up to date' : applied.join(', ');
  process.stdout.write(`The database is migrated. Applied: ${done}. From now on ${roleInWords(role)}.\n`);
} catch (error) {
  process.stderr.write(`Varsel could not migrate. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
