import type { Token, Tokens } from "marked";
import type { ComponentChild, ComponentChildren } from "preact";
import { Fragment } from "preact";

import { readEntities } from "./entities.ts";
import { hostToShow, isInlineImage, safeLink } from "./safe-link.ts";

/**
 * Inline Markdown as vnodes. There is no HTML string anywhere: tags that an answer contains are shown as the characters
 * they are, and only a line break is read.
 */
export function Inline({ tokens }: { readonly tokens: readonly Token[] | undefined }) {
  return (
    <>
      {tokens?.map((token, index) => (
        <Fragment key={index}>{inline(token)}</Fragment>
      ))}
    </>
  );
}

/** Whether a text draws the same as another one. With brackets in it that may hang on a definition elsewhere. */
export function isSameText(text: string, known: string): boolean {
  return text === known && !text.includes("[");
}

function inline(token: Tokens.Generic): ComponentChild {
  switch (token.type) {
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code dir="ltr">{textOf(token)}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={readEntities(String(token["href"]))} text={textOf(token)} tokens={token.tokens} />;
    case "image":
      return <Picture href={readEntities(String(token["href"]))} alt={readEntities(textOf(token))} />;
    case "html":
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    case "checkbox":
      return <TaskBox isDone={token["checked"] === true} />;
    case "text":
      return token.tokens === undefined ? readEntities(textOf(token)) : <Inline tokens={token.tokens} />;
    case "escape":
      return textOf(token);
    default:
      return token.raw;
  }
}

function textOf(token: Tokens.Generic): string {
  const text: unknown = token["text"];
  return typeof text === "string" ? text : token.raw;
}

function Link(props: { readonly href: string; readonly text: string; readonly tokens: Token[] | undefined }) {
  const link = safeLink(props.href);
  const content = <Inline tokens={props.tokens} />;
  if (link === null) return content;
  if (link.kind === "inside") return <a href={link.hash}>{content}</a>;
  const host = hostToShow(props.text, link.host);
  return (
    <>
      <OutsideLink url={link.url}>{content}</OutsideLink>
      {host !== null && <span class="real-host"> ({host})</span>}
    </>
  );
}

/** Leaves the app: in a tab of its own, which learns neither where it was opened from nor how to reach back. */
export function OutsideLink({ url, children }: { readonly url: string; readonly children: ComponentChildren }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" title={url}>
      {children}
    </a>
  );
}

/** A picture from elsewhere is never loaded, because asking for it would tell its server: it is a link in a box. */
function Picture({ href, alt }: { readonly href: string; readonly alt: string }) {
  if (isInlineImage(href)) return <img class="inline-image" src={href} alt={alt} />;
  const link = safeLink(href);
  const name = alt === "" ? "Picture" : alt;
  if (link?.kind !== "outside") return <span class="blocked-image">{name}</span>;
  return (
    <span class="blocked-image">
      <span>
        {name} <span class="muted">(not loaded, from {link.host})</span>
      </span>
      <OutsideLink url={link.url}>{link.url}</OutsideLink>
    </span>
  );
}

function TaskBox({ isDone }: { readonly isDone: boolean }) {
  return (
    <span class="task-box" data-done={isDone}>
      <span class="sr">{isDone ? "Done: " : "To do: "}</span>
    </span>
  );
}
