/** Stop must take effect in bounded time, also where the work does not listen to the signal. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      abandon();
      // It fails for the same reason, and nobody is there to hear it.
      work.catch(() => undefined);
      return;
    }
    signal.addEventListener("abort", abandon, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abandon);
    });
  });
}
