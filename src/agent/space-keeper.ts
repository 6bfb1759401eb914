import { isAnythingRunning } from "#journal/lease.ts";
import type { Reserve } from "#storage/reserve.ts";
import { RESERVE_BYTES } from "#storage/reserve.ts";
import type { StoreName } from "#storage/schema.ts";
import { StorageError } from "#storage/storage-error.ts";

import type { Environment } from "./environment.ts";
import { KEPT_FOR_TEXT_BYTES, leftOf } from "./room.ts";

/** How often it is looked whether the reserve can be laid (again). */
const LOOK_AGAIN_MS = 30_000;

/**
 * Keeps a reserve of space: laid while nothing runs and there is room, given back in the moment in which a write finds
 * none, so that the message or answer that is being saved is saved. `changed` is told when space has become short or
 * is there again; what is short stands in `db.shortage`.
 *
 *   no reserve ── room, nothing runs ──► laid ── a write finds no space ──► given back, the write succeeds, short
 *        ▲                                                                            │
 *        └──────────────────────── looked at every 30 s ◄─────────────────────────────┘
 */
export async function keepReserve(env: Environment, changed: () => void): Promise<void> {
  const reserve = await env.openReserve();
  if (reserve === null) return;
  const keeper = new SpaceKeeper(env, reserve, changed);
  env.db.whenFull = (stores) => keeper.giveBack(stores);
  await keeper.look();
}

class SpaceKeeper {
  readonly #env: Environment;
  readonly #reserve: Reserve;
  readonly #changed: () => void;
  #isLaid = false;

  constructor(env: Environment, reserve: Reserve, changed: () => void) {
    this.#env = env;
    this.#reserve = reserve;
    this.#changed = changed;
  }

  async giveBack(stores: readonly StoreName[]): Promise<boolean> {
    if (!this.#isLaid || isForFiles(stores)) return false;
    this.#isLaid = false;
    try {
      await this.#reserve.drop();
    } catch (cause) {
      console.warn("The reserve of space could not be given back.", cause);
      return false;
    }
    this.#tell(new StorageError({ kind: "low-space" }));
    this.#lookAgain();
    return true;
  }

  /** Lays the reserve if it is not there and there is room for it. */
  async look(): Promise<void> {
    this.#isLaid = await this.#reserve.isLaid();
    if (!this.#isLaid && !(await this.#lay())) this.#lookAgain();
    if (this.#isLaid) this.#tell(null);
  }

  #lookAgain(): void {
    this.#env.timers.after(LOOK_AGAIN_MS, () => {
      this.look().catch((cause: unknown) => {
        console.warn("It could not be found out how much space is left.", cause);
        this.#lookAgain();
      });
    });
  }

  async #lay(): Promise<boolean> {
    if (await isAnythingRunning(this.#env.locks)) return false;
    const left = leftOf(await this.#env.readStorageUsage());
    if (left !== null && left < KEPT_FOR_TEXT_BYTES + RESERVE_BYTES) return this.#isShort();
    try {
      await this.#reserve.lay();
    } catch {
      return this.#isShort(); // whatever the reason: there is no reserve, and the person is told what that means
    }
    this.#isLaid = true;
    return true;
  }

  #isShort(): false {
    this.#tell(new StorageError({ kind: "low-space" }));
    return false;
  }

  #tell(shortage: StorageError | null): void {
    const { db } = this.#env;
    if ((shortage === null) === (db.shortage === null)) return;
    db.shortage = shortage;
    this.#changed();
  }
}

/** What is written into these alone is a file: it can wait, and its person still has it. */
function isForFiles(stores: readonly StoreName[]): boolean {
  return stores.every((store) => store === "blobs" || store === "files");
}
