// The browser's side of an activity: send the form, swap in the new HTML, keep focus, caret, scroll and keys.
// What is right, saved or next is decided in the kernel; this file knows nothing about it.

const TEXT = "textarea, input[type=date]"; // what is typed into, and saved on the way
const TYPING_PAUSE = 800; // ms after the last key until a text is saved
const TYPING_LIMIT = 4000; // ms after which a text is saved although the typing goes on
const PATIENCE = 10000; // ms without an answer from the kernel until the page says that it lost touch

function fields(form, submitter) {
  const result = {};
  for (const [name, value] of new FormData(form, submitter)) (result[name] ??= []).push(value);
  return result;
}

function swap(root, html) {
  const page = document.createElement("template");
  page.innerHTML = html;
  // A text under the learner's hands is newer than the one the kernel saved; anything else takes the new content.
  const typing = document.activeElement?.matches(TEXT) ?? false;
  const options = { morphStyle: "innerHTML", ignoreActiveValue: typing, restoreFocus: true };
  const focused = root.contains(document.activeElement);
  const start = root.querySelector("[data-focus]")?.id;
  Idiomorph.morph(root, [...page.content.childNodes], options);
  const target = root.querySelector("[data-focus]"); // where new content starts
  const lost = focused && !root.contains(document.activeElement);
  if (!root.dataset.acted) return;
  const begins = target && (target.id !== start || lost);
  if (begins) target.focus({ preventScroll: true });
  // What to look at may stand above the button that was pressed, which keeps the focus.
  const look = begins ? target : root.querySelector("[data-look]");
  // With the frame that shows it: asked for now, the whole page would have to be laid out at once.
  if (look) requestAnimationFrame(() => look.scrollIntoView({ block: "nearest" }));
}

// An id for each action (uuid7: it sorts by time), so that what is sent twice is recorded once.
function actionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const time = Date.now();
  for (let place = 0; place < 6; place += 1) bytes[place] = (time / 2 ** (8 * (5 - place))) & 255;
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// `model.get("html")` is undefined where the server has put the page's HTML into `el` already.
function render({ model, el }) {
  const sent = model.get("html");
  const root = sent === undefined ? el : document.createElement("div");
  let shown = sent;
  if (sent !== undefined) {
    el.append(root);
    swap(root, sent);
  }
  let last = null; // the action whose answer is awaited
  let watchdog = 0;
  let pressed = false; // a button is held down: it must not move away before it is let go
  let held = null; // the answer that came meanwhile
  const drafts = new Map(); // form -> {pause, limit}: texts typed and not yet sent

  function send(action, form, focused) {
    last = actionId();
    root.dataset.acted = focused ? "1" : "";
    clearTimeout(watchdog);
    if (!model.patient) watchdog = setTimeout(() => lost(true), PATIENCE);
    // Whom the page is about: another window may have turned to another partner meanwhile.
    const partner = root.querySelector("[data-partner]")?.dataset.partner ?? "";
    model.send({ n: last, action, form, partner });
  }
  function lost(yes) {
    const notice = root.querySelector("[data-lost]");
    if (notice) notice.hidden = !yes;
  }
  function answered(message) {
    if (message?.html === undefined || (last && message.n !== last)) return; // a newer action is under way
    clearTimeout(watchdog);
    lost(false);
    if (pressed) return void (held = message);
    last = null;
    // The same again is no news, and must not undo what was chosen in the meantime.
    if (message.html !== shown) swap(root, (shown = message.html));
    for (const form of root.querySelectorAll("form")) form.toggleAttribute("data-unsaved", drafts.has(form));
  }
  function forget(form) {
    clearTimeout(drafts.get(form)?.pause);
    clearTimeout(drafts.get(form)?.limit);
    return drafts.delete(form);
  }
  function flush(form) {
    if (forget(form)) send("draft", fields(form), false);
  }
  const flushAll = () => [...drafts.keys()].forEach(flush);

  function typed(form) {
    const draft = drafts.get(form) ?? { limit: setTimeout(() => flush(form), TYPING_LIMIT) };
    clearTimeout(draft.pause);
    draft.pause = setTimeout(() => flush(form), TYPING_PAUSE);
    drafts.set(form, draft);
    form.toggleAttribute("data-unsaved", true);
  }
  function submit(event) {
    event.preventDefault();
    const form = event.target;
    const data = fields(form, event.submitter);
    forget(form);
    send((data.action ?? ["draft"])[0], data, true);
  }
  function follow(event) {
    const title = event.target.closest?.("a[data-heading]")?.dataset.heading;
    const headings = [...document.querySelectorAll("h2, h3, h4")];
    const heading = headings.find((h) => h.textContent.replace("¶", "").trim() === title);
    if (!heading) return; // on another page, which the link's address leads to
    event.preventDefault();
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  }
  // The second click of a double click is no answer of its own, and must not press what came in the button's place.
  // Only lines are moved by clicking on and on.
  function single(event) {
    if (event.detail > 1 && event.target.closest?.("button:not(.brm-order button)")) event.preventDefault();
  }
  function copy(event) {
    const box = event.target.closest?.("[data-copy]")?.parentElement;
    box?.querySelector("textarea").select(); // where the browser does not copy, the learner's own keys do
    if (box) box.querySelector("[role=status]").textContent = box.dataset[document.execCommand("copy") ? "copied" : "marked"];
  }
  function release() {
    pressed = false;
    if (held) setTimeout(answered, 0, held); // after the click, which may have sent something newer
    held = null;
  }
  const draftOf = (event) => event.target.closest("form[data-draft]");
  const isText = (event) => event.target.matches(TEXT);
  root.addEventListener("submit", submit);
  for (const heard of [follow, single, copy]) root.addEventListener("click", heard);
  root.addEventListener("input", (e) => draftOf(e) && isText(e) && typed(draftOf(e)));
  // Sent at once: an earlier answer that came in between would take the new choice back.
  root.addEventListener("change", (e) => draftOf(e) && (typed(draftOf(e)), flush(draftOf(e))));
  root.addEventListener("focusout", flushAll);
  // The notebook around us must not take our keys for its commands ("d d" would delete the cell).
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keypress", "keyup"]) root.addEventListener(kind, (e) => e.stopPropagation());
  const ears = new AbortController();
  const around = (target, kind, heard) => target.addEventListener(kind, heard, { signal: ears.signal });
  around(document, "visibilitychange", () => document.hidden && flushAll());
  around(window, "pagehide", flushAll);
  root.addEventListener("pointerdown", (e) => (pressed = e.target.closest("button, a") !== null));
  for (const kind of ["pointerup", "pointercancel", "blur"]) around(window, kind, release);
  model.on("msg:custom", answered);
  if (sent !== undefined) send("open", {}, false);
  return () => {
    flushAll();
    clearTimeout(watchdog);
    model.off("msg:custom", answered);
    ears.abort();
  };
}

export default { render };
