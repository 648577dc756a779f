// The words and squares that reach over the rim of the circle of values: [words].
() => {
  const rim = document.querySelector(".brm-circle .brm-ring").getBoundingClientRect();
  const [x, y, radius] = [rim.left + rim.width / 2, rim.top + rim.height / 2, rim.width / 2];
  const inside = ({ left, right, top, bottom }) =>
    [[left, top], [right, top], [left, bottom], [right, bottom]].every(([a, b]) => Math.hypot(a - x, b - y) <= radius);
  const all = [...document.querySelectorAll(".brm-circle :is(text, rect)")];
  return all.filter((el) => !inside(el.getBoundingClientRect())).map((el) => el.textContent || el.tagName);
}
