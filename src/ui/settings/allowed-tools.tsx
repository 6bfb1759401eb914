import type { SessionId } from "#domain/ids.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";

/** Tools that the person allowed in the session that was on screen, each with its withdrawal. */
export function AllowedTools({ ui }: { readonly ui: Ui }) {
  const session = ui.view.open.value?.session.value ?? null;
  if (session === null) return <p>This session has not begun. A tool that writes asks before it runs.</p>;
  if (session.allowedTools.length === 0) {
    return <p>In “{session.title}” every tool that writes asks before it runs.</p>;
  }
  return (
    <>
      <p>
        These tools run in “<span dir="auto">{session.title}</span>” without asking:
      </p>
      <ul class="setting-rows">
        {session.allowedTools.map((tool) => (
          <li key={tool}>
            <code>{tool}</code>
            <Button aria-label={`Ask again before ${tool} runs`} onClick={() => void withdraw(ui, session.id, tool)}>
              Ask again
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

async function withdraw({ view, announcer }: Ui, sessionId: SessionId, tool: string): Promise<void> {
  const done = await view.ask("withdraw-allowed-tool", { sessionId, tool });
  if (done !== null) announcer.say(`${tool} asks again before it runs.`);
}
