/** Runs tasks one after another in the order in which they were given; a failed one does not hold up the next. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined); // the caller of `run` hears of it
    return result;
  }
}
