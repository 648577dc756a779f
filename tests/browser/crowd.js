// What stands too narrow or on top of something else inside the activities: [sentence].
() => {
  const faults = [];
  const say = (el) => `"${(el.textContent || el.ariaLabel || el.name || "").trim().slice(0, 40)}"`;
  const seen = (el) => el.checkVisibility({ checkVisibilityCSS: true });
  const pen = document.createElement("canvas").getContext("2d");

  for (const el of document.querySelectorAll(".brm :is(p, li, span, dd, dt, legend, label, h3, h4, figcaption)")) {
    const style = getComputedStyle(el);
    const own = [...el.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!own || style.display === "inline" || !seen(el)) continue;
    const range = document.createRange();
    range.selectNodeContents(el);
    pen.font = style.font;
    const wraps = range.getBoundingClientRect().height > 1.8 * parseFloat(style.lineHeight);
    const width = el.getBoundingClientRect().width;
    if (wraps && width < pen.measureText("0".repeat(12)).width) faults.push(`${say(el)} wraps at ${width} px`);
  }

  for (const activity of document.querySelectorAll(".brm")) {
    const boxes = [];
    const texts = document.createTreeWalker(activity, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const el = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || !seen(el) || el.closest("option, textarea, .brm-hidden")) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      for (const box of range.getClientRects()) boxes.push({ el, box });
    }
    for (const el of activity.querySelectorAll("button, select, textarea, input")) {
      if (seen(el)) boxes.push({ el, box: el.getBoundingClientRect() });
    }
    boxes.sort((one, other) => one.box.top - other.box.top);
    boxes.forEach((one, place) => {
      for (const other of boxes.slice(place + 1)) {
        if (other.box.top > one.box.bottom) break;
        if (one.el.contains(other.el) || other.el.contains(one.el)) continue;
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (across > 1 && down > 1) faults.push(`${say(one.el)} lies on ${say(other.el)}`);
      }
    });
  }
  return faults;
}
