import "./markdown.css";
import { Component } from "preact";

import type { Seam } from "#domain/message.ts";

import { BlockSplitter, splitWhole } from "./block-splitter.ts";
import type { Block } from "./block-splitter.ts";
import { BlockView } from "./block-view.tsx";
import { mendOpen } from "./mend-open.ts";

interface MarkdownProps {
  readonly text: string;
  /** More text will come. */
  readonly isStreaming: boolean;
  /** The text ends in the middle: what is open at its end is drawn as if it were closed. */
  readonly isCut?: boolean;
  readonly seams?: readonly Seam[];
}

/** Blocks drawn as one unit: with thousands of them only the units at the end are looked at. */
const BLOCKS_PER_GROUP = 32;

/**
 * A Markdown text, as vnodes. While it grows:
 *
 *   text ──▶ BlockSplitter ──▶ finished blocks (the same objects: not drawn again)
 *                        └──▶ open blocks ──▶ mended ──▶ drawn with each piece of text
 */
export class Markdown extends Component<MarkdownProps> {
  readonly #splitter = new BlockSplitter();
  #groups: (readonly Block[])[] = [];
  #whole: readonly Block[] | null = null;
  #hasStreamed = false;

  override shouldComponentUpdate(next: MarkdownProps): boolean {
    const { text, isStreaming, isCut, seams } = this.props;
    return next.text !== text || next.isStreaming !== isStreaming || next.isCut !== isCut || next.seams !== seams;
  }

  override render({ text, isStreaming, isCut = false, seams = [] }: MarkdownProps) {
    const { finished, open } = this.#read(text, isStreaming, isCut);
    const joined = seamBlocks(seams, finished, open);
    return (
      <div class="prose">
        {this.#group(finished, open).map((blocks, index) => (
          <BlockGroup
            key={index}
            blocks={blocks}
            finalCount={Math.min(blocks.length, finished.length - index * BLOCKS_PER_GROUP)}
            seams={joined}
          />
        ))}
      </div>
    );
  }

  #read(text: string, isStreaming: boolean, isCut: boolean) {
    if (!isStreaming && !isCut && !this.#hasStreamed) {
      this.#whole ??= splitWhole(text);
      return { finished: this.#whole, open: [] };
    }
    this.#hasStreamed = true;
    this.#splitter.update(text);
    if (!isStreaming && !isCut) this.#splitter.finish();
    const { finished, open } = this.#splitter;
    return { finished, open: open.map((block) => ({ ...block, token: mendOpen(block.token) })) };
  }

  /** Groups of finished blocks are the same arrays as before, so that they are passed over whole. */
  #group(finished: readonly Block[], open: readonly Block[]): readonly (readonly Block[])[] {
    const full = Math.floor(finished.length / BLOCKS_PER_GROUP);
    for (let index = 0; index < full; index++) {
      const blocks = finished.slice(index * BLOCKS_PER_GROUP, (index + 1) * BLOCKS_PER_GROUP);
      const known = this.#groups[index];
      if (known === undefined || blocks.some((block, at) => block !== known[at])) this.#groups[index] = blocks;
    }
    const rest = [...finished.slice(full * BLOCKS_PER_GROUP), ...open];
    const groups = this.#groups.slice(0, full);
    for (let at = 0; at < rest.length; at += BLOCKS_PER_GROUP) groups.push(rest.slice(at, at + BLOCKS_PER_GROUP));
    return groups;
  }
}

interface BlockGroupProps {
  readonly blocks: readonly Block[];
  /** How many of them, from the first, are final. */
  readonly finalCount: number;
  /** Offsets of the blocks in which a later run took the answer up again. */
  readonly seams: string;
}

class BlockGroup extends Component<BlockGroupProps> {
  override shouldComponentUpdate(next: BlockGroupProps): boolean {
    const { blocks, finalCount, seams } = this.props;
    return next.blocks !== blocks || next.finalCount !== finalCount || next.seams !== seams;
  }

  override render({ blocks, finalCount, seams }: BlockGroupProps) {
    const joined = seams.split(" ");
    return (
      <div class="block-group" data-full={finalCount === BLOCKS_PER_GROUP}>
        {blocks.map((block, index) => (
          <BlockView
            key={index}
            block={block}
            isFinal={index < finalCount}
            isSeam={joined.includes(String(block.from))}
          />
        ))}
      </div>
    );
  }
}

/** Offsets of the blocks that hold a seam, as one text that is the same as long as they are. */
function seamBlocks(seams: readonly Seam[], finished: readonly Block[], open: readonly Block[]): string {
  return seams
    .map(({ offset }) => [...finished, ...open].findLast((block) => block.from <= offset)?.from)
    .filter((from) => from !== undefined)
    .join(" ");
}
