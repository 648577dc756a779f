"""A learner who does a whole module, activity by activity, well or at random, as the page offers
them.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect

from brmcourse.activities import scale as scales
from brmcourse.content.library import Library
from brmcourse.model.conversation import Choice
from brmcourse.model.example import Reason
from brmcourse.model.prompts import PlanPrompt, ReflectionPrompt
from brmcourse.model.question import (
    Compose,
    Judgement,
    Match,
    Multiple,
    Order,
    Question,
    Quiz,
    Single,
)
from brmcourse.model.sheet import Sheet
from brmcourse.scoring.scales import ratings

from .table import Table

T = TypeVar("T")


class Walker:
    """Walks modules in the page host. `chance` makes every choice a matter of luck; without it each
    is the best.
    """

    def __init__(self, page: Page, library: Library, chance: Random | None = None) -> None:
        self.page = page
        self.library = library
        self.chance = chance

    def walk(self, url: str) -> int:
        """Open the module at `url`, do all activities of each step, and go on with Next until the
        module ends; return how many activities there were.
        """
        self.page.goto(url)
        onward, count, more = self.page.locator(".course-steps button"), 0, True
        while more:
            count += self._do_all()
            here, more = self.page.url, onward.locator("span").inner_text() == "Next"
            onward.click()
            self.page.wait_for_url(lambda url, here=here: url != here)
        return count

    def _do_all(self) -> int:
        parts = self.page.locator("section.brm").all()
        for part in parts:
            kind = next(
                name for name in part.get_attribute("class").split() if name.startswith("brm-")
            )
            getattr(self, kind.removeprefix("brm-"))(part)
        return len(parts)

    def pick(self, options: Sequence[T], worth: Callable[[T], float]) -> T:
        """Return the best option, or one by chance."""
        return self.chance.choice(options) if self.chance else max(options, key=worth)

    # One method for each kind of activity, called like its class on the page.

    def quiz(self, part: Locator) -> None:
        """Answer every question until the summary comes."""
        quiz = self._quiz(part)
        for question in quiz.questions:
            expect(part.locator("input[name=question]")).to_have_value(question.id)
            self._answer(part, question)
            part.locator(f"#{question.id}-check").click()
            if quiz.purpose != "test":
                expect(part.locator(f"#{question.id}-feedback")).to_contain_text(question.why)
                part.locator(f"#{question.id}-next").click()
        expect(part.locator(f"#{quiz.id}-summary")).to_be_visible()

    def _quiz(self, part: Locator) -> Quiz:
        first = part.locator("input[name=question]").get_attribute("value")
        found = [self.library.named("questions", name) for name in self.library.names("questions")]
        return next(quiz for quiz in found if quiz.questions[0].id == first)

    def _answer(self, part: Locator, question: Question) -> None:
        match question:
            case Single():
                part.get_by_label(
                    self.pick(question.options, lambda option: option.credit).text, exact=True
                ).check()
            case Multiple():
                keys = [option for option in question.options if option.credit == 1]
                for option in [self.chance.choice(question.options)] if self.chance else keys:
                    part.get_by_label(option.text, exact=True).check()
            case Judgement():
                for option in question.options:
                    rating = self.pick(range(1, 6), lambda value, key=option.key: -abs(value - key))
                    self._rate(part, option.text, str(rating))
            case Match():
                for option in question.options:
                    target = self.pick(
                        question.targets, lambda target, key=option.match: target.id == key
                    )
                    line = part.locator("label.brm-match", has_text=option.text)
                    line.locator("select").select_option(label=target.text)
            case Order():
                self._arrange(part, question)
            case Compose():
                self._compose(part, question)

    def _compose(self, part: Locator, question: Compose) -> None:
        part.locator("textarea").fill("My own line.")
        part.get_by_role("button", name="Compare with a model answer").click()
        expect(part.get_by_text(question.model_answer)).to_be_visible()
        for criterion in question.rubric:
            self._rate(
                part,
                criterion.text,
                self.pick(["Not yet", "Partly", "Yes"], lambda name: name == "Yes"),
            )

    def _rate(self, part: Locator, text: str, label: str) -> None:
        part.locator(".brm-rate", has_text=text).get_by_label(label, exact=True).check()

    def _arrange(self, part: Locator, question: Order) -> None:
        for place, option in enumerate(question.options):
            line = part.locator(".brm-order li", has_text=option.text)
            while (
                not self.chance
                and line.evaluate("(el) => [...el.parentNode.children].indexOf(el)") > place
            ):
                before = line.evaluate("(el) => [...el.parentNode.children].indexOf(el)")
                line.get_by_role("button", name="Move up").click()
                expect(part.locator(".brm-order li").nth(before - 1)).to_contain_text(option.text)

    def conversation(self, part: Locator) -> None:
        """Talk to the end."""
        name = part.locator("button[value=begin]").get_attribute("id").partition("_")[0]
        talk = self.library.named("conversations", name)
        part.locator("button[value=begin]").click()
        table, turn = Table(talk), 0
        while not table.node.ending:
            expect(part.locator(f"#{talk.id}-here-{turn}")).to_be_visible()
            move = self.pick(table.choices, _worth)
            part.get_by_role("button", name=move.text, exact=True).click()
            table.make(move)
            turn += 1
        expect(part.get_by_text("How it ended:")).to_be_visible()

    def scale(self, part: Locator) -> None:
        """Rate every line and look at the result."""
        name = part.locator("form").get_attribute("id").removesuffix("-form")
        scale = scales.find(self.library, name).scale
        form = self.library.named("formats", scale.format)
        for item in scale.items:
            sign = -1 if item.reverse else 1
            value = self.pick(ratings(item, form), lambda rating, sign=sign: sign * rating)
            part.locator(f"input[name='{item.id}'][value='{value}']").check()
        part.locator(f"#{scale.id}-finish").click()
        expect(part.get_by_role("button", name="Answer again")).to_be_visible()

    def writing(self, part: Locator) -> None:
        """Write something to every prompt."""
        for form in part.locator("form").all():
            for field in form.locator("textarea").all():
                field.fill(f"My words to {field.get_attribute('name')}")
            form.get_by_role("button", name="Save now").click()
            expect(form.locator(".brm-saved")).to_contain_text("Saved at")

    def sheet(self, part: Locator) -> None:
        """Fill in every field; a list gets a second entry."""
        sheet = self.library.named(
            "sheets", part.locator("form").first.get_attribute("id").rpartition("-")[0]
        )
        self._fill(part, sheet, 1)
        if sheet.entry:
            part.locator(f"#{sheet.id}-add").click()
            self._fill(part, sheet, 2)

    def _fill(self, part: Locator, sheet: Sheet, number: int) -> None:
        form = part.locator(f"#{sheet.id}-{number}")
        for field in sheet.fields:
            name = f"{sheet.id}:{number}:{field.id}"
            if field.kind == "choice":
                answer = self.pick(field.options, lambda option: option.points)
                form.locator(f"input[name='{name}'][value='{answer.id}']").check()
            else:
                form.locator(f"[name='{name}']").fill(
                    "2026-12-01" if field.kind == "date" else f"My words to {name}"
                )
        if sheet.entry:
            form.locator(f"#{sheet.id}-{number}-close").click()
            expect(part.locator(f"#{sheet.id}-{number}-row")).to_be_focused()
        else:
            form.locator(f"#{sheet.id}-{number}-save").click()
            expect(form.locator(".brm-saved")).to_contain_text("Saved at")

    def example(self, part: Locator) -> None:
        """Answer, complete or annotate line after line; nothing is to be done where all is told."""
        title = part.get_attribute("aria-label")
        found = [self.library.named("examples", name) for name in self.library.names("examples")]
        lines = next(example for example in found if example.title == title).asked
        waiting = part.locator("form:has(button.brm-main)")
        while waiting.count():
            form, line = waiting.first, lines[_about(waiting.first)]
            if line.ask:
                form.get_by_label(self.pick(line.ask.options, _right).text, exact=True).check()
            else:
                form.locator("textarea").fill(f"My words to {line.name}")
            form.locator("button.brm-main").click()
            expect(part.locator(f"[id$='-{line.name}-ours']")).to_be_focused()

    def drawing(self, part: Locator) -> None:
        """Look at it, and read it in words."""
        expect(part.get_by_role("img")).to_be_visible()
        part.locator("summary").click()
        expect(part.locator("details p").first).to_be_visible()

    def values(self, part: Locator) -> None:
        """Rank, guess, ask, revise and compare."""
        part.locator("#values-rank").click()
        cards = [card.id for card in self.library.single("values.yaml").cards]
        heard = self.chance.sample(cards, 3) if self.chance else cards[:3]
        for number, (guess, told) in enumerate(zip(cards[:3], heard, strict=True), 1):
            part.locator(f"#values-predicted-{number}").select_option(guess)
            part.locator(f"[name='predicted:{number}:confidence']").first.check()
            part.locator(f"#values-predicted-{number}-evidence").fill(f"I saw it, {told}")
        part.locator("#values-asked").click()
        for number, told in enumerate(heard, 1):
            part.locator(f"#values-revised-{number}").select_option(told)
            part.locator(f"#values-revised-{number}-said").fill(f"They said so, {told}")
        part.locator("#values-revised-save").click()
        expect(part.get_by_text("of 3 values in both")).to_be_visible()

    def capstone(self, part: Locator) -> None:
        """Open each part of the plan, write into what is still empty, and close it."""
        for chapter in self.library.single("capstone.yaml").parts:
            part.locator(f"#capstone-{chapter.id}-edit").click()
            expect(part.locator(f"#capstone-{chapter.id}-open")).to_be_focused()
            for shown in chapter.shows:
                saved = part.locator(f"#{shown.sheet}-1 .brm-saved")
                if shown.sheet and saved.count() and not saved.inner_text():
                    self._fill(part, self.library.named("sheets", shown.sheet), 1)
            for field in part.locator("textarea:visible").all():
                if not field.input_value():
                    field.fill(f"My words to {field.get_attribute('name')}")
            part.locator(f"#capstone-{chapter.id}-done").click()
            expect(part.locator(f"#capstone-{chapter.id}-edit")).to_be_visible()

    def proposal(self, part: Locator) -> None:
        """Write the line to open with, look at what will be on the page, and make it."""
        part.locator("#opening-own-1-text").fill("Thank you for the quarter of an hour.")
        part.locator("#proposal-look").click()
        expect(part.locator("#proposal-looking")).to_be_visible()
        part.locator("#proposal-make").click()
        expect(part.locator("#proposal-made")).to_be_visible()

    def review(self, part: Locator) -> None:
        """Answer what is due, question by question, and put a conversation off for another day."""
        form, talk = part.locator("#review-form"), part.locator("#review-back")
        here = part.locator("#review-count, #review-none")
        here.wait_for()
        while form.count() or talk.count():
            if talk.count():
                part.locator("#review-aside summary").click()
                part.locator("#review-skip").click()
                expect(talk).to_have_count(0)
            else:
                question = self._asked(form)
                self._answer(part, question)
                part.locator("#review-check").click()
                expect(part.locator("#review-feedback")).to_contain_text(question.why)
                part.locator("#review-next").click()
                expect(part.locator("#review-next")).to_have_count(0)
            here.wait_for()
        expect(part.locator("#review-none")).to_be_visible()

    def _asked(self, form: Locator) -> Question:
        """Return the question on show; its words tell which, as another one may stand in."""
        stem = " ".join(form.locator(".brm-stem").first.inner_text().split())
        names = self.library.names("questions")
        found = [q for name in names for q in self.library.named("questions", name).questions]
        return next(question for question in found if " ".join(question.stem.split()) == stem)


def _worth(choice: Choice) -> float:
    return choice.points


def _right(reason: Reason) -> float:
    return reason.right


def _about(form: Locator) -> str:
    return form.locator("button.brm-main").get_attribute("value").partition(" ")[2]


def prompts_of(library: Library, module: str) -> list[ReflectionPrompt | PlanPrompt]:
    """Return what a module asks a learner to write."""
    prompts = library.named("prompts", module)
    return [*prompts.reflections, *prompts.plans]
