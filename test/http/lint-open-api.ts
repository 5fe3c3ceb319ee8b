import { createConfig, lintFromString } from '@redocly/openapi-core';
import { openApiDocument } from '../support/open-api.ts';

// Redocly's recommended rules, without the command around them, which would look for news of itself. Warnings count, too.
const config = await createConfig({ extends: ['recommended'] });
const found = await lintFromString({
  source: JSON.stringify(await openApiDocument()),
  absoluteRef: '/openapi.json',
  config,
});
/** No request to these can be at fault. */
const isFaultless = /^#\/paths\/~1(healthz|readyz)\//;
/** Ids are UUIDs: no objection has the id `answer`, and no approval `keep` or `withdraw`. */
const isOneOfTwo =
  /two ambiguous paths: `\/objections\/\{token\}\/answer\/\{approvalId\}` and `\/objections\/\{token\}\/\{objectionId\}\/(keep|withdraw)`/;
const faults = found
  .map(({ ruleId, message, location: [at] }) => ({ ruleId, message, pointer: at?.pointer ?? '' }))
  .filter(({ ruleId, pointer }) => !(ruleId === 'operation-4xx-response' && isFaultless.test(pointer)))
  .filter(({ ruleId, message }) => !(ruleId === 'no-ambiguous-paths' && isOneOfTwo.test(message)));
for (const { ruleId, message, pointer } of faults) process.stderr.write(`${pointer}: ${message} (${ruleId})\n`);
if (faults.length > 0) process.exitCode = 1;
