/* Course mode for JupyterLab, written by hand as a module-federation container: no npm, no build.
   A notebook whose metadata says `course.autorun` runs its cells by itself, hides its code and is locked. The list of
   modules beside it, and the way to the next one, follow what the server says of the course in the page's settings. */
(() => {
  const OURS = ["keydown", "keypress", "keyup", "focusin", "mousedown"];
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

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const button = (properties) => element("button", { type: "button", className: "course-button", ...properties });

  /* Keys pressed in it are no commands to the notebook around it, which would also take the focus for one of its cells. */
  function navigation(name, className, ...children) {
    const made = element("nav", { className, ariaLabel: name }, ...children);
    made.dataset.lmSuppressShortcuts = "true";
    for (const kind of OURS) made.addEventListener(kind, (event) => event.stopPropagation());
    return made;
  }

  /* The names of the course's notebooks in order: beside the notebook, at its end, and in the titles. */
  class Course {
    constructor(app, { Widget }, { PageConfig, URLExt }) {
      Object.assign(this, { app, Widget, URLExt, base: PageConfig.getBaseUrl() }, JSON.parse(PageConfig.getOption("course")));
      this.list = this.makeList();
      app.shell.add(this.list, "left", { rank: 1 });
      app.shell.currentChanged.connect(() => this.showWhere());
      // A window that is made small gives its room to the notebook.
      window.matchMedia("(max-width: 999px)").addEventListener("change", ({ matches }) => matches && app.shell.collapseLeft());
      // JupyterLab writes the file's name there again and again.
      new MutationObserver(() => this.nameWindow()).observe(document.querySelector("title"), { childList: true });
    }

    get here() {
      const path = this.app.shell.currentWidget?.context?.path;
      return this.all.find((one) => one.path === path);
    }

    get all() {
      return [...this.modules, ...this.pages];
    }

    get roomy() {
      return window.innerWidth >= 1000;
    }

    link({ path, title }, properties, ...children) {
      const href = this.URLExt.join(this.base, "doc/tree", path);
      const made = element("a", { href, ...properties }, ...children, title);
      made.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (!this.roomy) this.app.shell.collapseLeft();
        this.app.commands.execute("docmanager:open", { path });
      });
      return made;
    }

    makeList() {
      const item = (className) => (one) => element("li", { className }, this.link(one, {}));
      const items = [...this.modules.map(item("")), ...this.pages.map(item("course-aside"))];
      const list = new this.Widget({ node: navigation("Modules", "course-list", element("ol", {}, ...items)) });
      list.id = "course-list";
      list.title.label = "Modules";
      list.title.caption = "All modules of the course";
      list.onAfterShow = list.onAfterHide = () => this.showWhere();
      // The sidebar asks for it a moment after it opened; before that, it would take the focus away again.
      list.onActivateRequest = () => {
        if (this.called) list.node.querySelector("[aria-current], a").focus();
        this.called = false;
      };
      return list;
    }

    /* Open beside the first notebook where there is room; after that it stays as the learner leaves it. */
    settle() {
      this.app.shell.collapseRight();
      if (!this.roomy) this.app.shell.collapseLeft();
      else if (!this.settled) this.app.shell.activateById(this.list.id);
      this.settled = true;
    }

    listButton() {
      const made = button({ textContent: "All modules", className: "course-button course-all" });
      made.setAttribute("aria-controls", this.list.id);
      made.addEventListener("click", () => {
        if (this.list.isVisible) return this.app.shell.collapseLeft();
        this.called = true;
        this.app.shell.activateById(this.list.id);
      });
      return made;
    }

    /* Previous and next module, for the end of a notebook. */
    steps(path) {
      const place = this.modules.findIndex((one) => one.path === path);
      const step = (name, rel, one) => (one ? [this.link(one, { rel }, element("span", { textContent: name }), " ")] : []);
      const previous = step("Previous", "prev", this.modules[place - 1]);
      const next = place < 0 ? [] : step("Next", "next", this.modules[place + 1]);
      return new this.Widget({ node: navigation("Previous and next module", "course-steps", ...previous, ...next) });
    }

    /* Its title is the module's; JupyterLab would take a new title for a new name of the file. */
    name(panel) {
      const known = this.all.find((one) => one.path === panel.context.path);
      if (!known) return;
      panel.title.changed.disconnect(panel._onTitleChanged, panel);
      panel.title.label = known.title;
    }

    nameWindow() {
      const title = this.here && `${this.here.title} – ${this.title}`;
      if (title && document.title !== title) document.title = title;
    }

    showWhere() {
      const here = this.here;
      for (const [place, link] of this.list.node.querySelectorAll("a").entries()) {
        if (this.all[place] === here) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      for (const made of document.querySelectorAll(".course-all")) made.setAttribute("aria-expanded", this.list.isVisible);
      const title = document.querySelector("#jp-title-panel-title input");
      if (title) title.disabled = Boolean(here); // a module's title is not a file's name to change
      this.nameWindow();
    }
  }

  function addBar(panel, course) {
    const code = button({});
    const show = (visible) => {
      panel.node.classList.toggle("course-shows-code", visible);
      code.textContent = visible ? "Hide code" : "Show code";
      for (const cell of panel.content.widgets) if (cell.model.type === "code") cell.inputHidden = !visible;
    };
    code.addEventListener("click", () => show(!panel.node.classList.contains("course-shows-code")));
    show(false);
    const bar = element("div", { className: "course-bar" }, course.listButton(), code);
    panel.contentHeader.addWidget(new course.Widget({ node: bar }));
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

  async function open(panel, course, notebook) {
    await panel.context.ready;
    if (!isCourse(panel)) return;
    panel.addClass("course-mode");
    lock(panel);
    forgetOutputs(panel);
    addBar(panel, course);
    panel.content.layout.footer = course.steps(panel.context.path);
    course.name(panel);
    course.settle();
    course.showWhere();
    await panel.sessionContext.ready;
    await run(panel, notebook);
    runAfterRestart(panel, notebook);
  }

  async function plugin() {
    const notebook = await shared("@jupyterlab/notebook");
    const widgets = await shared("@lumino/widgets");
    const core = await shared("@jupyterlab/coreutils");
    return {
      id: "course-mode:plugin",
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate: (app, tracker) => {
        addStyle(core);
        const course = new Course(app, widgets, core);
        tracker.widgetAdded.connect((_, panel) => open(panel, course, notebook));
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
