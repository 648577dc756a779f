// The preview's page: colours as the system has them, activities over HTTP, and a new page when the file was saved.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => { document.documentElement.dataset.theme = dark.matches ? "dark" : "light"; };
  paint();
  dark.addEventListener("change", paint);

  // What the bridge expects of a widget: the HTML to begin with, and a way to send and to listen.
  function modelOf(el) {
    const html = el.innerHTML;
    const listeners = new Set();
    async function send(message) {
      const body = JSON.stringify(message);
      const keepalive = body.length < 20000; // outlives the page, which browsers allow for small messages only
      const reply = await fetch(`/act/${el.dataset.activity}`, { method: "POST", body, keepalive });
      if (!reply.ok) return;
      const answer = await reply.json();
      for (const listener of listeners) listener(answer);
    }
    return {
      cid: el.dataset.activity,
      get: () => html,
      on: (_event, listener) => listeners.add(listener),
      off: (_event, listener) => listeners.delete(listener),
      // Without an answer the bridge itself says, after a while, that it lost touch.
      send: (message) => { send(message).catch(() => {}); },
    };
  }

  document.addEventListener("DOMContentLoaded", async () => {
    const { since } = document.body.dataset;
    new EventSource(`/changes?since=${since}`).onmessage = () => location.reload();
    const { default: bridge } = await import("/bridge.js");
    for (const el of document.querySelectorAll("[data-activity]")) {
      const model = modelOf(el);
      el.replaceChildren();
      bridge.render({ model, el });
    }
  });
})();
