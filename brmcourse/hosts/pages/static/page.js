// The page's own behaviour: activities over HTTP, colours, the list of steps, and words when the course is away.
// It stands in one module with the bridge, whose `render` it calls.

const AGAIN = 2000; // ms until what could not be sent is sent again
const SMALL = 60000; // characters that a browser sends for a page that is closed already
const main = document.getElementById("content");
const show = (name, yes) => { document.querySelector(`.course-${name}`).hidden = !yes; };
const wait = (time) => new Promise((done) => setTimeout(done, time));

/* Activities */

async function post(message) {
  const body = JSON.stringify({ ...message, token: main.dataset.token, visit: main.dataset.visit });
  const headers = { "content-type": "application/json" };
  return fetch(location.pathname, { method: "POST", headers, body, keepalive: body.length < SMALL });
}

// What was sent has an id, and doing it twice does it once: so it is sent until it has arrived.
async function deliver(message) {
  for (;;) {
    try {
      const reply = await post(message);
      show("away", reply.status === 503);
      if (reply.ok) return reply.json();
      if (reply.status !== 503) return show("refused", true);
    } catch {
      show("away", true);
    }
    await wait(AGAIN);
  }
}

function modelOf(el) {
  const listeners = new Set();
  let before = Promise.resolve(); // one after another, so that the newest text is the last to arrive
  async function ask(message) {
    const answer = await deliver({ ...message, activity: el.dataset.activity });
    if (!answer) return;
    for (const listener of listeners) listener(answer);
    refresh(answer.nav);
  }
  return {
    patient: true,
    get: () => undefined,
    on: (_event, listener) => listeners.add(listener),
    off: (_event, listener) => listeners.delete(listener),
    send(message) {
      if (document.visibilityState === "hidden") return void ask(message); // there may be no later
      before = before.then(() => ask(message));
    },
  };
}

const title = document.title.replace(/^Error: /, "");

function refresh(nav) {
  document.title = main.querySelector("[data-error]") ? `Error: ${title}` : title;
  const list = document.getElementById("course-nav");
  if (!list || !nav) return;
  const { open } = list.querySelector("details");
  Idiomorph.morph(list, nav, { morphStyle: "innerHTML", restoreFocus: true });
  list.querySelector("details").open = open;
  const done = list.querySelector(".course-done > [aria-current]") !== null;
  document.querySelector(".course-steps")?.toggleAttribute("data-done", done);
}

for (const el of document.querySelectorAll("[data-activity]")) {
  // What a form needs that is sent without a script; with one they would only differ on each page.
  for (const field of el.querySelectorAll("input[name^='course-'], input[name='shown-partner']")) field.remove();
  render({ model: modelOf(el), el });
}

// A page that comes out of the browser's own memory may be older than what was done since.
addEventListener("pageshow", (event) => event.persisted && location.reload());

/* Colours */

const theme = document.querySelector(".course-theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const paint = () => theme.setAttribute("aria-pressed", String(isDark()));
theme.hidden = false;
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  document.cookie = `course-theme=${document.documentElement.dataset.theme}; path=/; max-age=31536000; samesite=strict`;
  paint();
});
dark.addEventListener("change", paint);
paint();

/* The list of steps: open where there is room */

const wide = matchMedia("(min-width: 64rem)");
const unfold = () => { for (const map of document.querySelectorAll(".course-map")) map.open = wide.matches; };
wide.addEventListener("change", unfold);
unfold();

for (const link of document.querySelectorAll('.course-reading a[href^="http"]')) {
  Object.assign(link, { target: "_blank", rel: "noopener" });
}
