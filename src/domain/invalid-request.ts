/** Thrown for input that does not fit what was expected of it. Lists every fault found, with its path. */
export class InvalidRequest extends Error {
  readonly errors: readonly { path: string; message: string }[];

  constructor(errors: readonly { path: string; message: string }[]) {
    super('The request does not fit its schema: see errors.');
    this.name = 'InvalidRequest';
    this.errors = errors;
  }
}
