/**
 * What stands around the conversation and no message needs: loaded in one piece, right after the first paint. The first
 * load is small for it.
 */
export { ComposerFiles } from "#ui/composer/composer-files.tsx";
export { SessionList } from "#ui/session-list/session-list.tsx";
export { ModelPicker } from "./model-picker.tsx";
export { listenForShortcuts } from "./shortcuts.ts";
