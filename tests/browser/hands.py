"""Two ways to work a page: with the mouse, or with the keyboard alone."""

from playwright.sync_api import Locator, Page

STOPS = 400
"""Tab stops after which something counts as out of reach."""

WHERE = """(el) => {
  const now = document.activeElement;
  const named = (one) => [...one.form.elements].filter((e) => e.name === one.name);
  const group = (one) => one.type === "radio" ? named(one) : [one];
  if (group(el).includes(now)) return "here";
  return now.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_PRECEDING ? "before" : "after";
}"""

STEPS = """(el) => {
  const group = [...el.form.elements].filter((e) => e.name === el.name);
  return group.indexOf(el) - group.indexOf(document.activeElement);
}"""


class Mouse:
    """Points and clicks; types only texts."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        """Press a button or link."""
        target.click()

    def choose(self, field: Locator, *, on: bool = True) -> None:
        """Choose a radio button, or tick or untick a box."""
        field.set_checked(on)

    def write(self, field: Locator, text: str) -> None:
        """Put a text in the place of what stands in a field."""
        field.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def pick(self, field: Locator, label: str) -> None:
        """Pick an entry of a list."""
        field.select_option(label=label)


class Keyboard:
    """Tab, arrows, Space, Enter and typing only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Walk with Tab until the target (or its group of radio buttons) has the focus; raise
        AssertionError if it cannot be reached.
        """
        for _ in range(STOPS):
            where = target.evaluate(WHERE)
            if where == "here":
                return
            self.page.keyboard.press("Shift+Tab" if where == "before" else "Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def press(self, target: Locator) -> None:
        """Press a button or link."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def choose(self, field: Locator, *, on: bool = True) -> None:
        """Choose a radio button with the arrows, or tick or untick a box."""
        self.reach(field)
        steps = field.evaluate(STEPS) if field.get_attribute("type") == "radio" else 0
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        if field.is_checked() != on:
            self.page.keyboard.press("Space")

    def write(self, field: Locator, text: str) -> None:
        """Put a text in the place of what stands in a field."""
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def pick(self, field: Locator, label: str) -> None:
        """Pick an entry of a list by typing its beginning."""
        self.reach(field)
        self.page.keyboard.type(label)


Hands = Mouse | Keyboard
HANDS = {"mouse": Mouse, "keyboard": Keyboard}
