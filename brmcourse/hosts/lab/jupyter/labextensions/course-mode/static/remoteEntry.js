/* Course mode for JupyterLab, written by hand as a module-federation container: no npm, no build.
   A notebook whose metadata says `course.autorun` runs its cells by itself, hides its code and is locked. */
(() => {
  let scope;
  const shared = async (name) => (await Object.values(scope[name])[0].get())();

  const isCourse = (panel) => Boolean(panel.content.model?.getMetadata("course")?.autorun);

  function addStyle({ PageConfig, URLExt }) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = URLExt.join(PageConfig.getOption("fullLabextensionsUrl"), "course-mode/static/course.css");
    document.head.append(link);
  }

  /* Locked cells still let their text be opened as source; it is closed again at once. */
  function lock(panel) {
    for (const cell of panel.content.widgets) {
      cell.model.setMetadata("editable", false);
      cell.model.setMetadata("deletable", false);
      cell.renderedChanged?.connect(() => { if (!cell.rendered) cell.rendered = true; });
    }
  }

  /* Outputs are made anew at each opening, so only a notebook that got other cells is worth saving or asking about. */
  function forgetOutputs(panel) {
    const model = panel.content.model;
    const cells = model.cells.length;
    const settle = () => { if (model.dirty && model.cells.length === cells) model.dirty = false; };
    model.stateChanged.connect(settle);
    settle();
  }

  function addCodeButton(panel, { Widget }) {
    const button = document.createElement("button");
    button.className = "course-code";
    button.type = "button";
    const show = (visible) => {
      panel.node.classList.toggle("course-shows-code", visible);
      button.textContent = visible ? "Hide code" : "Show code";
      button.setAttribute("aria-pressed", String(visible));
      for (const cell of panel.content.widgets) if (cell.model.type === "code") cell.inputHidden = !visible;
    };
    button.addEventListener("click", () => show(!panel.node.classList.contains("course-shows-code")));
    show(false);
    const bar = new Widget();
    bar.addClass("course-bar");
    bar.node.append(button);
    panel.contentHeader.addWidget(bar);
  }

  async function run(panel, { NotebookActions }) {
    await NotebookActions.runAll(panel.content, panel.sessionContext);
    panel.content.activeCellIndex = 0;
    panel.content.mode = "command";
    (panel.content.outerNode ?? panel.content.node).scrollTop = 0;
  }

  function runAfterRestart(panel, notebook) {
    let restarted = false;
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting") restarted = true;
      else if (status === "idle" && restarted) {
        restarted = false;
        run(panel, notebook);
      }
    });
  }

  async function open(app, panel, modules) {
    await panel.context.ready;
    if (!isCourse(panel)) return;
    panel.addClass("course-mode");
    lock(panel);
    forgetOutputs(panel);
    addCodeButton(panel, modules.widgets);
    app.shell.collapseLeft?.();
    app.shell.collapseRight?.();
    await panel.sessionContext.ready;
    await run(panel, modules.notebook);
    runAfterRestart(panel, modules.notebook);
  }

  async function plugin() {
    const modules = { notebook: await shared("@jupyterlab/notebook"), widgets: await shared("@lumino/widgets") };
    const core = await shared("@jupyterlab/coreutils");
    return {
      id: "course-mode:plugin",
      autoStart: true,
      requires: [modules.notebook.INotebookTracker],
      activate: (app, tracker) => {
        addStyle(core);
        tracker.widgetAdded.connect((_, panel) => open(app, panel, modules));
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["course-mode"] = {
    init(shareScope) { scope = shareScope; },
    async get() {
      const course = await plugin();
      return () => ({ __esModule: true, default: course });
    },
  };
})();
