"""The pages of the course, asked without a browser: what they show, take, keep and refuse."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brmcourse.activities.fields import rehearsed
from brmcourse.content.library import Library
from brmcourse.events import (
    FIRST_PARTNER,
    Draft,
    ProposalMade,
    QuizAnswered,
    ReflectionWrote,
    RehearsalBegan,
    RehearsalLooked,
    SheetWrote,
    StepPassed,
    new_id,
)
from brmcourse.hosts.pages import forms
from brmcourse.hosts.pages.reading import Call, calls_in, harmless, read
from brmcourse.partners import choosing
from brmcourse.session import Learner

from .site import HOME, Site


@pytest.fixture
def site(learner: Learner, tmp_path: Path) -> Site:
    return Site(learner, tmp_path / "course")


def answers(learner: Learner) -> list[QuizAnswered]:
    _, events = learner.log.read(kinds=[QuizAnswered.kind])
    return [event.body for event in events]


# What is shown


def test_the_first_visit_says_what_this_is(site: Site, library: Library) -> None:
    """Who is new reads a promise, for whom it is, how long it takes, and finds one button."""
    home = unescape(site.get("/"))
    welcome = library.course.welcome
    assert welcome.promise in home
    assert welcome.audience in home
    assert all(line in home for line in welcome.takeaways)
    minutes = sum(module.minutes for module in library.course.modules)
    assert f"about {round(minutes / 60)} hours" in home
    assert home.count('class="course-go"') == 1
    assert "My partner" not in home


def test_a_later_visit_goes_on_at_the_very_activity(site: Site, learner: Learner) -> None:
    """Who was here before finds one button to the activity that is not done, and true figures."""
    html = site.get("/m1/check-yourself")
    site.post("/m1/check-yourself", html, action="check", pick="A")
    home = site.get("/")
    target = re.search(r'class="course-go" href="([^"]+)"', home)[1]
    assert target == "/m1/check-yourself#quiz-m1"
    assert 'id="quiz-m1"' in site.get(target.partition("#")[0])
    assert "My partner" in home


def test_going_on_from_a_step_ticks_it(site: Site, learner: Learner) -> None:
    """Next at the end of a step is recorded once, leads to the next step, and ticks the first."""
    html = site.get("/m1/start")
    assert "0 of " in html
    where, after = site.post("/m1/start", html, form=-1, action="onward")
    assert where == f"{HOME}/m1/before-you-read"
    assert "1 of " in after
    site.post("/m1/start", html, form=-1, action="onward")
    _, events = learner.log.read(kinds=[StepPassed.kind])
    assert [(event.subject, event.body.step) for event in events] == [("m1", "start")]


def test_a_told_example_is_passed_as_a_reading_is(site: Site) -> None:
    """A step whose worked example asks for nothing offers to go on at once, and is ticked then."""
    path = "/m1/a-worked-example"
    html = site.get(path)
    assert "brm-example" in html
    assert 'class="course-steps" data-done' in html
    assert "0 of " in html
    where, after = site.post(path, html, form=-1, action="onward")
    assert where == f"{HOME}/m1/check-yourself"
    assert "1 of " in after


def test_each_page_of_the_course_opens(site: Site, library: Library) -> None:
    """Every step of every module, each module as a whole, and the pages beside them open."""
    for module in library.course.modules:
        whole = site.get(f"/{module.id}/all")
        for slug in re.findall(rf'href="/{module.id}/([\w-]+)"', whole):
            assert "cannot be shown" not in site.get(f"/{module.id}/{slug}")
        assert str(site.client.get(f"/{module.id}").url).startswith(f"{HOME}/{module.id}/")
    for page in library.course.pages:
        assert "<h1>" in site.get(f"/{page.id}")


def test_what_is_written_beside_the_modules(site: Site, learner: Learner) -> None:
    """Home leads to a page beside the modules on which something is written, lists that once, and
    goes on where the learner was before; all of it stands among what was written.
    """
    html = site.get("/m1/check-yourself")
    site.post("/m1/check-yourself", html, action="check", pick="A")
    began = RehearsalBegan(1, "Thursday", "Thank you.", [{"line": "x", "says": "And then?"}])
    bodies = [began, RehearsalLooked(1, 0, {}, "Thank you all.", done=True)]
    learner.record([Draft("rehearsal", 1, body) for body in bodies], new_id(), FIRST_PARTNER)
    home = site.get("/")
    assert '<p><a href="/rehearse">Rehearse my next talk</a></p>' in home
    assert home.count('href="/rehearse#rehearse"') == 1
    assert 'class="course-go" href="/m1/' in home
    mine = unescape(site.get("/mine"))
    assert all(text in mine for text in ("Thank you.", "Thank you all.", "Thursday"))
    assert 'href="/rehearse#rehearse"' in mine
    assert 'id="rehearse"' in site.get("/rehearse")


def test_a_page_beside_the_modules_without_a_script(site: Site) -> None:
    """A form there that is sent without a script leads back to the page, one step further."""
    typed = {rehearsed(1, 0, "line"): "Thank you for the time."}
    where, after = site.post("/rehearse", site.get("/rehearse"), action="begin", **typed)
    assert where.startswith(f"{HOME}/rehearse?visit=")
    assert where.endswith("#rehearsal-1-0-look")
    assert "Thank you for the time." in after
    assert "What is in your line" in after


def test_no_page_gives_a_key_away(site: Site, library: Library) -> None:
    """No reason and no feedback of a question stands in a page before it is answered."""
    pages = "".join(site.get(f"/{module.id}/all") for module in library.course.modules)
    shown = unescape(pages)
    for name in library.names("questions"):
        for question in library.named("questions", name).questions:
            assert question.why not in shown, question.id
            for option in getattr(question, "options", ()):
                feedback = getattr(option, "feedback", "")
                assert not feedback or feedback not in shown, question.id


def test_bold_words_lead_to_the_glossary(tmp_path: Path) -> None:
    """A word in bold that the glossary explains is a link to it, any other stays as it is."""
    path = notebook(tmp_path, ("markdown", "A **Pressure map** and a **big** one."))
    [section] = read(path, {"pressure map": "term-pressure-map"}).sections
    html = section.parts[0].html
    assert 'href="/glossary#term-pressure-map">Pressure map</a>' in html
    assert "<strong>big</strong>" in html


def test_what_was_written_stands_on_one_page(site: Site) -> None:
    """All that was written is gathered, by module, with a way back to it."""
    assert "Nothing yet." in site.get("/mine")
    html = site.get("/m6/write-it-down")
    field = re.search(r'<textarea[^>]* name="([^"]+)"', html)[1]
    site.post("/m6/write-it-down", html, **{field: "A <b>note</b>."}, action="draft")
    assert "A &lt;b&gt;note&lt;/b&gt;." in site.get("/mine")
    assert "A &lt;b&gt;note&lt;/b&gt;." in site.get("/")


def test_a_page_to_hand_out_holds_nothing_else(site: Site, learner: Learner) -> None:
    """What was made for the partner has an address of its own for each of them. It names neither
    the code nor the course, and is there only once it was made, for who may come in.
    """
    address = "/print/proposal/1"
    assert site.client.get(address).status_code == 404
    learner.record([choosing("Harbour")], new_id(), "1")
    made = ProposalMade("", {"propose": ["A <b>list</b>."]})
    learner.record([Draft("proposal", 1, made)], new_id(), "1")
    html = site.get(address)
    assert "A &lt;b&gt;list&lt;/b&gt;." in html
    assert "Harbour" not in html
    assert site.pages._shelf.course.title not in unescape(html)
    step = re.search(r'href="(/m8/[\w-]+)#proposal"', html)[1]
    assert f'href="{address}"' in site.get(step)
    for other in ("/print/proposal/2", "/print/proposal/x", "/print/sheet/1", "/print/proposal"):
        assert site.client.get(other).status_code == 404
    assert site.stranger.get(address).status_code == 403


def test_own_lines_of_a_talk_stand_among_what_was_written(site: Site, library: Library) -> None:
    """What was said first in a conversation is gathered with the rest."""
    path = "/m3/a-conversation-with-kwame-boateng"
    talk = library.named("conversations", "s3")
    for action in ("begin", "first"):
        site.post(path, site.get(path), action=action)
    site.post(path, site.get(path), text="How are <i>they</i>?", action="say")
    mine = site.get("/mine")
    assert talk.title in unescape(mine)
    assert "How are &lt;i&gt;they&lt;/i&gt;?" in mine


def test_what_is_asked_no_more_is_kept_in_view(site: Site, learner: Learner) -> None:
    """A text to a question that the course has dropped still stands among what was written."""
    for text in ("An earlier <b>note</b>.", "A later one."):
        learner.record([Draft("m0-gone", 1, ReflectionWrote(text))], new_id(), FIRST_PARTNER)
    learner.record([Draft("gone", 1, SheetWrote(2, {"a": "One", "b": "Two"}))], new_id(), "1")
    html = site.get("/mine")
    assert "From earlier versions of the course" in html
    assert "A later one." in html
    assert "One\nTwo" in html
    assert "An earlier" not in html
    learner.record([Draft("m0-gone", 1, ReflectionWrote(" "))], new_id(), FIRST_PARTNER)
    assert "A later one." not in site.get("/mine")


def test_another_partner_can_be_chosen_at_home(site: Site, learner: Learner) -> None:
    """With two partners Home says whom pages are about, and turns to the other."""
    for key, code in (("1", "Harbour"), ("2", "<Lighthouse>")):
        learner.record([choosing(code)], new_id(), key)
    home = site.get("/")
    assert "My partners" in home
    assert "<strong>&lt;Lighthouse&gt;</strong>" in home
    where, after = site.post("/", home, **{"about-partner": "1"}, action="choose-partner")
    assert where == f"{HOME}/"
    assert "<strong>Harbour</strong>" in after
    assert learner.partners().current == "1"


# Without a script


def test_a_form_comes_back_at_the_same_place(site: Site, learner: Learner) -> None:
    """A form without a script leads back to its page, at the place of the work, with feedback."""
    html = site.get("/m1/check-yourself")
    where, after = site.post("/m1/check-yourself", html, action="check", pick="A")
    assert re.fullmatch(rf"{HOME}/m1/check-yourself\?visit=[\w-]+#[\w-]+", where)
    assert where.partition("#")[2] in after
    assert "brm-verdict" in after
    assert len(answers(learner)) == 1


def test_a_missing_answer_is_said_in_the_title_too(site: Site) -> None:
    """What is missing stands in the title, at the top and at the field, and the page keeps it."""
    html = site.get("/m1/check-yourself")
    _, after = site.post("/m1/check-yourself", html, action="check")
    assert re.search(r"<title>\s*Error: ", after)
    assert "There is a problem" in after
    target = re.search(r'brm-errors.*?href="#([^"]+)"', after, re.DOTALL)[1]
    assert f'id="{target}"' in after
    assert "Error:" not in re.search(r"<title>.*?</title>", site.get("/m1/check-yourself"))[0]


def test_the_same_form_twice_is_one_answer(site: Site, learner: Learner) -> None:
    """A double click or a reload counts once; another answer from there is another."""
    html = site.get("/m1/check-yourself")
    for pick in ("A", "A", "B"):
        site.post("/m1/check-yourself", html, action="check", pick=pick)
    assert len(answers(learner)) == 2


def test_a_page_from_before_a_restart_still_works(learner: Learner, tmp_path: Path) -> None:
    """A form of a page that an earlier start of the course has made is taken."""
    html = Site(learner, tmp_path).get("/m1/check-yourself")
    Site(learner, tmp_path).post("/m1/check-yourself", html, action="check", pick="A")
    assert len(answers(learner)) == 1


def test_script_and_form_say_the_same(site: Site, learner: Learner) -> None:
    """What a script sends is answered with the same activity, and the list of steps beside it."""
    question = re.search(r'name="question" value="([^"]+)"', site.get("/m1/check-yourself"))[1]
    html = site.send("/m1/check-yourself", "quiz-m1", "check", question=question, pick="A")
    assert "brm-verdict" in html
    assert "course-nonce" not in html
    assert len(answers(learner)) == 1


@given(st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=5), max_size=3), max_size=4))
def test_a_form_has_one_id_for_each_content(form: dict[str, list[str]]) -> None:
    """The id of a form's action depends on the page it stood on and on its content, on nothing
    else.
    """
    page, other = new_id(), new_id()
    assert forms.once(page, form) == forms.once(page, dict(reversed(form.items())))
    assert forms.once(page, form) != forms.once(other, form)
    assert forms.once(page, form) != forms.once(page, {**form, "another": ["field"]})


# Notebooks as they are


def notebook(folder: Path, *cells: tuple[str, str], outputs: list | None = None) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / "m1.ipynb"
    written = []
    for kind, source in cells:
        extra = {"outputs": outputs or []} if kind == "code" else {}
        written.append({"cell_type": kind, "source": source, "metadata": {}, **extra})
    path.write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4}))
    return path


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ('quiz("m1")', [Call("quiz", "m1")]),
        ('quiz("M1")\nscale(name="EMP")', [Call("quiz", "m1"), Call("scale", "emp")]),
        ("from brmcourse import quiz, values\n\nvalues()", [Call("values", "")]),
        ("from brmcourse import quiz", []),
        ("", []),
        ("import os", None),
        ("quiz(name)", None),
        ('quiz("m1", "m2")', None),
        ("quiz(*names)", None),
        ("quiz(**names)", None),
        ("quiz(1)", None),
        ('print("m1")', None),
        ('x = quiz("m1")', None),
        ('quiz("m1"); open("x", "w")', None),
        ("quiz(", None),
        ("(" * 5000, None),
        ("\0", None),
    ],
)
def test_code_is_read_and_never_run(code: str, calls: list[Call] | None) -> None:
    """Only calls of the public names with a text are activities; all else is foreign."""
    assert calls_in(code) == calls


def test_foreign_code_shows_its_harmless_output(learner: Learner, tmp_path: Path) -> None:
    """Code of the learner's own is not run; its stored output is shown, without what could run."""
    bad = '<table><tr><td>42</td></tr></table><script>alert(1)</script><img src=x onerror="a()">'
    outputs = [{"output_type": "display_data", "data": {"text/html": [bad]}}]
    notebook(tmp_path, ("markdown", "# One\n\n## Two"), ("code", "1 + 1"), outputs=outputs)
    html = Site(learner, tmp_path).get("/m1/two")
    assert "<td>42</td>" in html
    assert "Open in JupyterLab" in html
    assert "alert(1)" not in html
    assert "onerror" not in html


def test_a_page_survives_what_it_cannot_show(learner: Learner, tmp_path: Path) -> None:
    """An activity that there is not is said to be missing; the rest of the page is there."""
    notebook(tmp_path, ("code", 'quiz("nothing")'), ("code", 'quiz("m1")'))
    html = Site(learner, tmp_path).get("/m1/all")
    assert "This part of the course cannot be shown." in html
    assert "Question 1 of 10" in html
    assert "cannot be shown" not in Site(learner, tmp_path).get("/")


def test_a_damaged_notebook_gets_a_sentence(learner: Learner, tmp_path: Path) -> None:
    """In the place of a notebook that cannot be read the course's own is shown, and it says so."""
    tmp_path.joinpath("m1.ipynb").write_text("{")
    html = unescape(Site(learner, tmp_path).get("/m1/all"))
    assert "m1.ipynb\" cannot be read, so this is the course's own." in html
    assert "See it from where they sit" in html


def test_a_changed_notebook_is_read_again(learner: Learner, tmp_path: Path) -> None:
    """A notebook saved in JupyterLab shows at once; one taken away comes from the course."""
    notebook(tmp_path, ("markdown", "# First\n\n## Here"))
    site = Site(learner, tmp_path)
    assert "First" in site.get("/m1/all")
    notebook(tmp_path, ("markdown", "# Second and longer\n\n## There"))
    assert "There" in site.get("/m1/there")
    assert "Second and longer" in site.get("/m1/all")
    tmp_path.joinpath("m1.ipynb").unlink()
    assert "See it from where they sit" in site.get("/m1/all")


@given(st.text(alphabet="<>/=\"' abcdefghijonclirdsvgpt:;&#x0", max_size=60))
def test_nothing_in_a_page_can_run(html: str) -> None:
    """Whatever stands in a notebook, no script, handler, frame or strange address is left."""
    clean = harmless(f"<p>{html}</p>").lower()
    assert not re.search(r"<(script|iframe|object|embed|form|style|link|meta|base)\b", clean)
    assert not re.search(r"<[^>]*\son\w+\s*=", clean)
    assert not re.search(r"<[^>]*(?:href|src)=\"?\s*(javascript|vbscript)", clean)


# What is refused


def test_a_key_opens_once(site: Site) -> None:
    """The address's key gives a cookie once; the same key from another browser gives none."""
    key = site.key()
    first, second = site.stranger, site.stranger
    assert first.get(f"/m1/start?key={key}").status_code == 200
    assert first.get("/m1/start").status_code == 200
    assert second.get(f"/m1/start?key={key}").status_code == 403
    assert second.get("/").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "elsewhere.example"},
        {"host": "127.0.0.1.elsewhere.example:8866"},
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/m1/start", "/static/x/y", "/brmcourse/alive"])
def test_strangers_are_refused(site: Site, path: str, headers: dict[str, str]) -> None:
    """Another name for this machine, or a page from elsewhere, reaches nothing."""
    assert site.client.get(path, headers=headers).status_code == 403


def test_a_forged_form_is_refused(site: Site, learner: Learner) -> None:
    """A form without our sign, or that another site made, records nothing."""
    body = {"course-activity": "quiz-m1", "action": "check", "question": "m1-q01", "pick": "A"}
    assert site.client.post("/m1/check-yourself", data=body).status_code == 403
    signed = {**body, "course-token": site.door.token}
    cross = {"sec-fetch-site": "cross-site"}
    assert site.client.post("/m1/check-yourself", data=signed, headers=cross).status_code == 403
    assert answers(learner) == []


def test_too_large_a_request_is_refused(site: Site) -> None:
    """More than the limit is refused by its stated length, and cut where none is stated."""
    large = b"x" * 4_000_001
    assert site.client.post("/m1/start", content=large).status_code == 413
    assert site.client.post("/m1/start", content=iter([large])).status_code in (400, 413)


def test_a_refusal_tells_nothing(site: Site, learner: Learner) -> None:
    """What a stranger is shown has nothing of the learner and no sign of our forms."""
    learner.record([choosing("Harbour")], new_id(), "1")
    text = site.stranger.get("/").text
    assert "Harbour" not in text
    assert site.door.token not in text
    assert site.door.cookie not in text


PATHS = st.one_of(
    st.sampled_from(["/", "/m1", "/m1/all", "/m1/start", "/m1/check-yourself", "/mine", "/x/y/z"]),
    st.text(max_size=30).map(lambda text: "/" + quote(text)),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["n", "action", "form", "partner", "activity", "visit", "pick", "x"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    ),
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]),
    path=PATHS,
    query=st.text(max_size=30).map(quote),
    body=BODIES,
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "a/b"]),
    activity=st.sampled_from(["quiz-m1", "converse-s1", "scale-emp", "plan-m1", "x"]),
)
def test_no_request_ends_in_an_error(
    site: Site, method: str, path: str, query: str, body: object, kind: str, activity: str
) -> None:
    """Whatever is asked, by whatever method: an answer, no failure inside, and no traceback."""
    if isinstance(body, dict):
        body = {**body, "token": site.door.token, "activity": activity}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": kind, "origin": HOME}
    reply = site.client.request(
        method, path, params={"q": query, "visit": query}, content=content, headers=headers
    )
    assert reply.status_code < 500, (method, path, reply.status_code)
    assert "Traceback" not in reply.text
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_is_wrong_is_said_in_the_chosen_colours(site: Site) -> None:
    """A page that is not there keeps the colours that the learner chose."""
    site.client.cookies.set("course-theme", "dark", domain="127.0.0.1")
    page = site.client.get("/nowhere")
    assert page.status_code == 404
    assert 'data-theme="dark"' in page.text
