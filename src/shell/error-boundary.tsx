import { type ComponentChildren, Component } from "preact";

import type { SessionId } from "#domain/ids.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";
import { lazily } from "#ui/frame/lazily.tsx";

/** What the plain pages need. They draw nothing of the interface: it is what has failed. */
export interface PlainPorts {
  readonly call: PageEndpoint["call"];
  /** The session that the address names now. */
  readonly sessionId: () => SessionId | null;
  readonly reload: () => void;
}

/** Loaded when something has gone wrong, which it does not on most days. */
const TroublePage = lazily(async () => ({ default: (await import("./trouble.tsx")).TroublePage }));

interface BoundaryProps {
  readonly ports: PlainPorts;
  readonly onError: (error: unknown) => void;
  readonly children: ComponentChildren;
}

/** Catches what goes wrong while drawing: instead of an empty screen there is a page that says so, and lets nobody leave without their words. */
export class ErrorBoundary extends Component<BoundaryProps, { readonly error: unknown }> {
  static override getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override state: { readonly error: unknown } = { error: null };

  override componentDidCatch(error: unknown): void {
    this.props.onError(error);
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    return error === null ? this.props.children : <TroublePage ports={this.props.ports} error={error} />;
  }
}
