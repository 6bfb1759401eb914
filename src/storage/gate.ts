/** Lets shared work overlap and exclusive work not, in the order of asking. */
export class Gate {
  #exclusive: Promise<unknown> = Promise.resolve();
  readonly #shared = new Set<Promise<unknown>>();

  shared<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#exclusive.then(work);
    const ended = quiet(run);
    this.#shared.add(ended);
    void ended.then(() => this.#shared.delete(ended));
    return run;
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = Promise.all([this.#exclusive, ...this.#shared]).then(work);
    this.#exclusive = quiet(run);
    return run;
  }
}

/** Who asked hears of a failure; who only waits for the end does not. */
function quiet(run: Promise<unknown>): Promise<unknown> {
  return run.catch(() => undefined);
}
