import type { MirrorFolder } from "./mirror-folder.ts";

/** A moment that got a name, so that one can come back to it. */
export interface NamedPoint {
  /** Epoch ms. */
  readonly at: number;
  readonly label: string;
}

const POINT_NAME = /^\d{1,15}$/;

export async function addPoint(folder: MirrorFolder, point: NamedPoint): Promise<void> {
  await folder.write("points", String(point.at), new TextEncoder().encode(point.label));
}

export async function pointTimes(folder: MirrorFolder): Promise<number[]> {
  return (await folder.list("points")).filter((name) => POINT_NAME.test(name)).map(Number);
}

export async function readPoints(folder: MirrorFolder): Promise<NamedPoint[]> {
  return Promise.all(
    (await pointTimes(folder)).map(async (at) => {
      const bytes = await folder.read("points", String(at));
      return { at, label: new TextDecoder().decode(bytes ?? new Uint8Array()) };
    }),
  );
}

/** What lies before `before` (epoch ms) is not kept by a name any more. */
export async function dropOldPoints(folder: MirrorFolder, before: number): Promise<void> {
  for (const at of await pointTimes(folder)) if (at < before) await folder.remove("points", String(at));
}
