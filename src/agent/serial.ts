/** Runs tasks one after another in the order in which they were given; a failed one does not hold up the next. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  get isIdle(): boolean {
    return this.#open === 0;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#open++;
    const result = this.#last.then(task).finally(() => {
      this.#open--;
    });
    this.#last = result.catch(() => undefined); // the caller of `run` hears of it
    return result;
  }
}
