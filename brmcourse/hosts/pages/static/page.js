/* The page's own behaviour: colours, the module list on a phone, and what to say when the course is away. */
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => { try { return localStorage.getItem("course-theme"); } catch { return null; } };
  const remember = (theme) => { try { localStorage.setItem("course-theme", theme); } catch { /* private window */ } };

  function paint() {
    root.dataset.theme = remembered() || (dark.matches ? "dark" : "light");
    const isDark = root.dataset.theme === "dark";
    if (document.body) document.body.dataset.jpThemeLight = String(!isDark);
    document.querySelector(".course-theme")?.setAttribute("aria-pressed", String(isDark));
  }
  paint();
  dark.addEventListener("change", paint);

  function chooseTheme() {
    remember(root.dataset.theme === "dark" ? "light" : "dark");
    paint();
  }

  function toggleModules(event) {
    const button = event.currentTarget;
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
  }

  /* Outputs arrive at the end of the page, because the kernel is slower than the text; each goes to its place. */
  function placeOutputs() {
    for (const output of document.querySelectorAll("[data-place]")) {
      document.getElementById(output.dataset.place).replaceChildren(output);
      output.hidden = false;
    }
  }

  const say = (text, isProblem) => {
    const status = document.querySelector(".course-status");
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("course-problem", Boolean(isProblem));
  };

  /* Ready when every output has become something to see. */
  function watchOpening() {
    const main = document.getElementById("content");
    const slow = setTimeout(() => say("This takes longer than usual. If nothing happens within a minute, open the page again."), 20000);
    const watcher = new MutationObserver(check);
    function check() {
      const outputs = [...main.querySelectorAll("[data-place] > div")];
      if (!outputs.every((output) => output.querySelector("*:not(script):not(.lm-Widget)"))) return;
      watcher.disconnect();
      clearTimeout(slow);
      say("");
      main.dataset.ready = "true";
    }
    watcher.observe(main, { childList: true, subtree: true });
    check();
  }

  /* Nothing typed may go nowhere in silence: ask the course now and then whether this page is still connected. */
  function watchConnection(kernel) {
    let timer;
    async function ask() {
      clearTimeout(timer);
      try {
        const reply = await fetch(`/brmcourse/connected/${kernel}`, { cache: "no-store" });
        if (!reply.ok) return say("This page has lost its connection. Your saved answers are safe. Open the page again to go on.", true);
        if (document.querySelector(".course-problem")) say("");
      } catch {
        say("The course has been closed. Your saved answers are safe. Start the course again, then open this page again.", true);
      }
      timer = setTimeout(ask, 5000);
    }
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
    timer = setTimeout(ask, 5000);
  }

  /* Voila cuts the connection at "beforeunload", which would lose the last words typed; ours is cut when the page is gone. */
  function sayGoodbye(kernel) {
    window.addEventListener("pagehide", () => navigator.sendBeacon(`/voila/api/shutdown/${kernel}`));
  }
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation());

  /* Sent by Voila while it waits for the kernel. */
  window.voila_heartbeat = () => {};

  document.addEventListener("DOMContentLoaded", () => {
    paint();
    document.querySelector(".course-theme").addEventListener("click", chooseTheme);
    document.querySelector(".course-nav-open").addEventListener("click", toggleModules);
    for (const link of document.querySelectorAll('.course-reading a[href^="http"]')) {
      Object.assign(link, { target: "_blank", rel: "noopener" });
    }
    const config = document.getElementById("jupyter-config-data");
    if (!config) return;
    const { kernelId } = JSON.parse(config.textContent);
    placeOutputs();
    watchOpening();
    watchConnection(kernelId);
    sayGoodbye(kernelId);
  });
})();
