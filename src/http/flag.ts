import { z } from 'zod';

/** A query parameter that is true or false, as a boolean. */
export const flag = z.enum(['true', 'false'], 'Expected true or false').transform((value) => value === 'true');
