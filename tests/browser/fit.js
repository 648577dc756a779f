// What does not fit the width of the window: [sentence].
() => {
  const width = document.documentElement.clientWidth;
  const faults = [];
  if (document.documentElement.scrollWidth > width) faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const el of document.querySelectorAll(".brm, .brm *, .course-frame *")) {
    if (el.matches(".brm-hidden, .course-hidden") || !el.checkVisibility({ checkVisibilityCSS: true })) continue;
    const box = el.getBoundingClientRect();
    const name = `${el.tagName.toLowerCase()} "${(el.ariaLabel || el.textContent).trim().slice(0, 40)}"`;
    if (box.right > width + 0.5 || box.left < -0.5) faults.push(`${name} reaches from ${box.left} to ${box.right}`);
    const clips = getComputedStyle(el).overflowX !== "visible" && el.tagName !== "TEXTAREA";
    if (clips && el.scrollWidth > el.clientWidth + 1) faults.push(`${name} is cut off`);
    if (el.tagName === "BUTTON" && (box.height < 24 || box.width < 24)) faults.push(`${name} is too small`);
    if (el.matches(".brm-option, .brm-pill") && box.height < 24) faults.push(`${name} is too small`);
  }
  return faults;
}
