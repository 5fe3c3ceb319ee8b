/** Lets some wait for the next change of which others tell. */
export interface ChangeSignal {
  /** Resolves at the next `notify`. Ask for it before you look, so that no change in between is missed. */
  next(): Promise<void>;
  readonly notify: () => void;
}

export function changeSignal(): ChangeSignal {
  let current = Promise.withResolvers<void>();
  return {
    next: () => current.promise,
    notify() {
      current.resolve();
      current = Promise.withResolvers();
    },
  };
}
