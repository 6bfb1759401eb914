import { type ChildProcess, spawn } from "node:child_process";

/** A program with all the processes that it starts, in a group of their own, so that a signal reaches every one. */
export class ProcessGroup {
  /** What the processes wrote, a line each, since the start or the last `lines.length = 0`. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      // No process: `signal` finds none, and whoever waits for its first word says what is missing.
      this.#child.once("error", (error) => {
        this.lines.push(error.message);
        resolve();
      });
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#read(stream);
    process.once("exit", this.#killNow);
  }

  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch (error) {
      // ESRCH: all of them have ended already.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  /** Resolves when the program itself has exited. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#exited;
    process.removeListener("exit", this.#killNow);
  }

  readonly #killNow = (): void => this.signal("SIGKILL");

  #read(stream: NodeJS.ReadableStream | null): void {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
    });
  }
}
