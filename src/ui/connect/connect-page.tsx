import "./connect.css";
import { KeyRound, Server } from "lucide";
import type { IconNode } from "lucide";
import { useRef, useState } from "preact/hooks";

import type { Connection } from "#domain/model.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { Page } from "#ui/frame/page.tsx";

import { ConnectForm } from "./connect-form.tsx";
import type { FormValues } from "./form-values.ts";
import { emptyForm, formOf } from "./form-values.ts";
import { ConnectionRows } from "./connection-rows.tsx";
import { presetsFor } from "./presets.ts";

/** `#/connect`: what to have, where it goes, and the form. */
export default function ConnectPage({ ui }: { readonly ui: Ui }) {
  const presets = presetsFor(location.origin);
  const [start, setStart] = useState<{ readonly values: FormValues; readonly number: number }>({
    values: emptyForm(),
    number: 0,
  });
  const form = useRef<HTMLDivElement>(null);
  const begin = (values: FormValues) => {
    setStart({ values, number: start.number + 1 });
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("#connect-base-url")?.focus());
  };
  const choose = (id: "openai" | "ollama") => {
    const preset = presets.find((known) => known.id === id);
    if (preset !== undefined) begin({ ...emptyForm(), preset: id, baseUrl: preset.baseUrl });
  };
  return (
    <Page ui={ui} title="Connect a model">
      <p class="page-lead">
        Holdfast talks straight to the model that you choose. Nothing is sent anywhere before you connect one. The
        Built-in agent stays.
      </p>
      <div class="connect-cards">
        <Card
          icon={KeyRound}
          title="I have an API key"
          needs="You need a key from OpenAI, OpenRouter or another service that speaks their format."
          goes="Your messages, attached content and tool results go from this browser to that service, under its terms."
          action="Use an API key"
          onChoose={() => choose("openai")}
        />
        <Card
          icon={Server}
          title="I run a local server"
          needs="You need Ollama, LM Studio, llama.cpp or the like on this device."
          goes="Your messages stay on this device. Your browser will ask to let this page reach apps on it."
          action="Use a local server"
          onChoose={() => choose("ollama")}
        />
      </div>
      <ConnectionRows ui={ui} onEdit={(connection: Connection) => begin(formOf(connection))} />
      <div ref={form}>
        <ConnectForm key={start.number} ui={ui} presets={presets} start={start.values} />
      </div>
    </Page>
  );
}

interface CardProps {
  readonly icon: IconNode;
  readonly title: string;
  readonly needs: string;
  readonly goes: string;
  readonly action: string;
  readonly onChoose: () => void;
}

function Card({ icon, title, needs, goes, action, onChoose }: CardProps) {
  return (
    <section class="connect-card">
      <h2>
        <Icon of={icon} />
        {title}
      </h2>
      <p>{needs}</p>
      <p class="muted">{goes}</p>
      <Button onClick={onChoose}>{action}</Button>
    </section>
  );
}
