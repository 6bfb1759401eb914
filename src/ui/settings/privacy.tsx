import type { Ui } from "#ui/frame/ui.ts";

export function Privacy({ ui }: { readonly ui: Ui }) {
  const count = ui.view.connections.value.length;
  return (
    <>
      <p>
        This app has no server and no account. Sessions, files and settings are stored in this browser on this device. A
        second copy of sessions, attachments and settings, without API keys, lies beside the database in the browser’s
        private file system.
      </p>
      <p>
        When you use a remote model, your messages, attached content and tool results go directly from your browser to
        the provider you chose, under its terms. Nothing is sent before you connect one.{" "}
        {count === 0 ? "You have connected none." : `You have connected ${count}.`}
      </p>
      <p>
        We collect no analytics and load nothing from third parties. Local models keep text on your device or network.
      </p>
      <p>
        Anyone who can use this browser profile can read your sessions. Clearing site data deletes them; keep a backup.
      </p>
      <p>
        API keys are kept on this device and sent only to their own server. This protects against someone copying the
        files, not against malicious code in this page or someone using this browser.
      </p>
    </>
  );
}
