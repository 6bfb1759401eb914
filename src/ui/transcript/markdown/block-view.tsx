import type { Token, Tokens } from "marked";
import { Component, Fragment, h } from "preact";

import { headingDepth } from "./block-splitter.ts";
import type { Block } from "./block-splitter.ts";
import { CodeBlock } from "./code-block.tsx";
import { Inline, isSameText } from "./inline.tsx";
import { TableBlock } from "./table-block.tsx";

interface BlockViewProps {
  readonly block: Block;
  /** Nothing about it will change any more. */
  readonly isFinal: boolean;
  /** A later run took the answer up again inside this block. */
  readonly isSeam: boolean;
}

/** Counts drawings of blocks, for the test that finished ones are never drawn again. */
export const drawings = { count: 0 };

/** One block. Drawn again only when it has changed: the blocks above the one that grows cost nothing. */
export class BlockView extends Component<BlockViewProps> {
  override shouldComponentUpdate(next: BlockViewProps): boolean {
    return next.block !== this.props.block || next.isFinal !== this.props.isFinal || next.isSeam !== this.props.isSeam;
  }

  override render({ block, isFinal, isSeam }: BlockViewProps) {
    drawings.count++;
    const drawn = blockOf(block.token, { isFinal, level: block.level });
    return isSeam ? <div class="seam">{drawn}</div> : drawn;
  }
}

interface Place {
  readonly isFinal: boolean;
  /** Heading level; null where a heading would stand inside something else. */
  readonly level: number | null;
}

function blockOf(token: Token, place: Place) {
  switch (token.type) {
    case "paragraph":
      return (
        <p dir="auto">
          <Inline tokens={token.tokens} />
        </p>
      );
    case "heading":
      return heading(token, place);
    case "code":
      return (
        <CodeBlock code={(token as Tokens.Code).text} fence={(token as Tokens.Code).lang} isFinal={place.isFinal} />
      );
    case "list":
      return <ListBlock list={token as Tokens.List} isFinal={place.isFinal} />;
    case "blockquote":
      return (
        <blockquote dir="auto">
          <Blocks tokens={token.tokens} isFinal={place.isFinal} />
        </blockquote>
      );
    case "table":
      return <TableBlock table={token as Tokens.Table} isFinal={place.isFinal} />;
    case "hr":
      return <hr />;
    case "html":
      return (
        <p class="raw" dir="auto">
          {token.raw.trimEnd()}
        </p>
      );
    case "text":
    case "checkbox":
      return <Inline tokens={[token]} />;
    case "space":
    case "def":
      return null;
    default:
      return <p dir="auto">{token.raw}</p>;
  }
}

/** Blocks inside a block. */
function Blocks({ tokens, isFinal }: { readonly tokens: readonly Token[] | undefined; readonly isFinal: boolean }) {
  return (
    <>
      {tokens?.map((token, index) => (
        <Fragment key={index}>{blockOf(token, { isFinal, level: null })}</Fragment>
      ))}
    </>
  );
}

function heading(token: Token, { level }: Place) {
  const content = <Inline tokens={"tokens" in token ? token.tokens : undefined} />;
  const className = `heading depth-${String(headingDepth(token))}`;
  // Inside a list or a quotation a heading would break the order of the page's headings.
  if (level === null) {
    return (
      <p class={className} dir="auto">
        {content}
      </p>
    );
  }
  return h(`h${String(level)}`, { class: className, dir: "auto" }, content);
}

function ListBlock({ list, isFinal }: { readonly list: Tokens.List; readonly isFinal: boolean }) {
  const items = list.items.map((item, index) => <ListItem key={index} item={item} isFinal={isFinal} />);
  if (!list.ordered) return <ul dir="auto">{items}</ul>;
  return (
    <ol start={list.start === "" ? 1 : list.start} dir="auto">
      {items}
    </ol>
  );
}

interface ListItemProps {
  readonly item: Tokens.ListItem;
  readonly isFinal: boolean;
}

/** A list is one block until it ends; its items that stay the same are not drawn again with it. */
class ListItem extends Component<ListItemProps> {
  override shouldComponentUpdate({ item, isFinal }: ListItemProps): boolean {
    const known = this.props.item;
    return isFinal !== this.props.isFinal || !isSameText(item.raw, known.raw) || item.loose !== known.loose;
  }

  override render({ item, isFinal }: ListItemProps) {
    return (
      <li class={item.task ? "task" : undefined}>
        <Blocks tokens={item.tokens} isFinal={isFinal} />
      </li>
    );
  }
}
