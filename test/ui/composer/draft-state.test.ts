import { describe, expect, test } from "vitest";

import type { BlobId, DraftId, SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { Attachment } from "#domain/message.ts";
import type { Draft } from "#domain/session.ts";
import {
  afterSent,
  changeDraft,
  draftOf,
  emptyDraft,
  followStored,
  isEmptyDraft,
  markSaved,
} from "#ui/composer/draft-state.ts";

const SESSION = readId<SessionId>("s1");
const NOW = 1_000;
let made = 0;
const fresh = () => readId<DraftId>(`fresh-${++made}`);

function stored(text: string, revision: number, id = "theirs", updatedAt = 0): Draft {
  return { sessionId: SESSION, id: readId(id), text, attachments: [], revision, updatedAt };
}

function file(id: string): Attachment {
  return { blobId: readId<BlobId>(id), name: id, mediaType: "text/plain", size: 1, path: id };
}

describe("a draft", () => {
  test("[D1] a stored draft fills an untouched composer", () => {
    const state = followStored(emptyDraft(fresh()), stored("kept", 3), fresh);
    expect(state).toMatchObject({ text: "kept", revision: 3, id: "theirs", isTouched: false, isDirty: false });
  });

  test("[D1] what was typed before the stored draft arrived is not replaced, and its next save is the newer one", () => {
    const typed = changeDraft(emptyDraft(fresh()), { text: "mine" }, NOW);
    const state = followStored(typed, stored("theirs", 7), fresh);
    expect(state.text).toBe("mine");
    expect(state.isDirty).toBe(true);
    expect(state.revision).toBeGreaterThan(7);
  });

  test("[D1] another tab's typing is followed while this one is untouched, and not once it is touched", () => {
    let state = followStored(emptyDraft(fresh()), stored("a", 1), fresh);
    state = followStored(state, stored("ab", 2), fresh);
    expect(state.text).toBe("ab");
    state = followStored(changeDraft(state, { text: "abc" }, NOW), stored("abd", 3, "other"), fresh);
    expect(state.text).toBe("abc");
  });

  test("[D1] an older stored draft changes nothing", () => {
    const state = followStored(emptyDraft(fresh()), stored("new", 5), fresh);
    expect(followStored(state, stored("old", 4), fresh).text).toBe("new");
  });

  test("[D1] after sending, late news of the draft that was sent changes nothing, a draft begun elsewhere is followed", () => {
    const typed = changeDraft(changeDraft(emptyDraft(readId("mine")), { text: "a" }, NOW), { text: "ab" }, NOW);
    const sent = afterSent(typed, { text: "ab", attachments: [] }, fresh);
    expect(followStored(sent, stored("ab", 2, "mine"), fresh).text).toBe("");
    expect(followStored(sent, stored("theirs", 1), fresh).text).toBe("theirs");
  });

  test("[D1] a draft that was sent in another tab leaves an untouched composer and stays in a touched one", () => {
    const untouched = followStored(emptyDraft(fresh()), stored("a", 1), fresh);
    expect(followStored(untouched, null, fresh).text).toBe("");
    const touched = changeDraft(untouched, { text: "a and mine" }, NOW);
    const kept = followStored(touched, null, fresh);
    expect(kept).toMatchObject({ text: "a and mine", isDirty: true });
    // Saves under the id of a draft that was sent are refused: its words would be lost with the page.
    expect(kept.id).not.toBe(touched.id);
  });

  test("[D1] two tabs that type in one draft: what is typed last is saved last, whatever the other has counted", () => {
    const shared = followStored(emptyDraft(fresh()), stored("a", 1), fresh);
    const here = changeDraft(shared, { text: "a here" }, NOW);
    const told = followStored(here, stored("a there", 2), fresh);
    expect(told).toMatchObject({ text: "a here", isDirty: true });
    expect(changeDraft(told, { text: "a here!" }, NOW).revision).toBeGreaterThan(2);
    expect(followStored(here, draftOf(here, SESSION), fresh)).toBe(here);
  });

  test("[D1] a tab that was typed in earlier does not write over the later one's text when it is left", () => {
    const here = changeDraft(followStored(emptyDraft(fresh()), stored("a", 1), fresh), { text: "a here" }, NOW);
    const told = followStored(here, stored("a there", 2, "theirs", NOW + 1), fresh);
    expect(told).toMatchObject({ text: "a here", isDirty: false });
  });

  test("each change has a higher revision, and only the last one counts as saved", () => {
    const first = changeDraft(emptyDraft(fresh()), { text: "a" }, NOW);
    const second = changeDraft(first, { text: "ab" }, NOW);
    expect(second.revision).toBe(first.revision + 1);
    expect(markSaved(second, first.revision).isDirty).toBe(true);
    expect(markSaved(second, second.revision).isDirty).toBe(false);
  });

  test("[D1] after sending the composer is empty, untouched and has a new draft id", () => {
    const state = changeDraft(emptyDraft(fresh()), { text: "hello", attachments: [file("f")] }, NOW);
    const after = afterSent(state, { text: "hello", attachments: [file("f")] }, fresh);
    expect(isEmptyDraft(after)).toBe(true);
    expect(after).toMatchObject({ isTouched: false, isDirty: false });
    expect(after.id).not.toBe(state.id);
  });

  test("[S4] what was typed and attached while the message was on its way stays", () => {
    const state = changeDraft(
      emptyDraft(fresh()),
      { text: "hello\nand more", attachments: [file("f"), file("g")] },
      NOW,
    );
    const after = afterSent(state, { text: "hello", attachments: [file("f")] }, fresh);
    expect(after).toMatchObject({ text: "and more", attachments: [file("g")], isTouched: true, isDirty: true });
  });

  test("[S4] a text that was changed in its middle meanwhile stays whole", () => {
    const state = changeDraft(emptyDraft(fresh()), { text: "hello, you" }, NOW);
    expect(afterSent(state, { text: "hello you", attachments: [] }, fresh).text).toBe("hello, you");
  });

  test("an attachment alone is something to send, blanks alone are not", () => {
    expect(isEmptyDraft({ text: " \n", attachments: [] })).toBe(true);
    expect(isEmptyDraft({ text: "", attachments: [file("f")] })).toBe(false);
  });

  test("the row carries everything", () => {
    const state = changeDraft(emptyDraft(readId("d")), { text: "hello", attachments: [file("f")] }, NOW);
    expect(draftOf(state, SESSION)).toEqual({
      sessionId: SESSION,
      id: "d",
      text: "hello",
      attachments: [file("f")],
      revision: 1,
      updatedAt: NOW,
    });
  });
});
