"""My data as pages: what is shown, taken along, brought in, put back, begun anew and deleted."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    ActivityReset,
    Draft,
    PlanWrote,
    QuizAnswered,
    ScaleFinished,
    StepPassed,
    new_id,
)
from brmcourse.hosts.pages.forms import read_parts
from brmcourse.log.backup import Keeper, copies
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.mine.taken import read_export
from brmcourse.partners import choosing
from brmcourse.session import Learner, find_session

from .site import HOME, Site

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def site(log: SqliteLog, tmp_path: Path) -> Site:
    return Site(Learner(log), tmp_path / "course", keeper=Keeper(log.path))


def token(html: str) -> dict[str, str]:
    names = re.findall(r'name="(course-(?:token|nonce))" value="([^"]*)"', html)
    return dict(names[:2])


def post(site: Site, path: str, page: str, **fields: str) -> Any:
    """Send a form of a page with its hidden fields; return the page it led to."""
    return site.client.post(
        path,
        content=urlencode({**token(site.get(page)), **fields}),
        headers={"content-type": FORM, "origin": HOME},
    )


def bring_in(site: Site, content: bytes, **changed: str) -> Any:
    return site.client.post(
        "/data/import",
        data={**token(site.get("/data")), **changed},
        files={"file": ("mine.zip", content, "application/zip")},
        headers={"origin": HOME},
    )


def reflect(learner: Learner, text: str, partner: str = "1") -> None:
    learner.record([Draft("m1-p1", 1, PlanWrote(text, "ask", ""))], new_id(), partner)


def plans(log: Any) -> list[str]:
    return [event.body.situation for event in log.read(kinds=[PlanWrote.kind])[1]]


def test_the_page_says_what_is_kept_and_where(site: Site, log: SqliteLog) -> None:
    """The page names the file, how much is in it, and the last copy; Home and /mine lead to it."""
    reflect(Learner(log), "it rains")
    page = unescape(site.get("/data"))
    assert str(log.path) in page
    assert "2 entries" in page
    assert "none yet" in page
    assert 'href="/data"' in site.get("/")
    assert 'href="/data"' in site.get("/mine")
    assert "It is sound." in site.get("/data/check")


def test_who_is_new_finds_where_to_bring_answers_in(site: Site) -> None:
    """Somebody who did nothing here yet finds on Home where answers from elsewhere come in."""
    assert "began on another computer" in site.get("/")
    page = site.get("/data")
    assert "have not begun a module" in page
    assert page.count('type="file"') == 1


def test_an_export_is_downloaded(site: Site, log: SqliteLog) -> None:
    """The download is the whole export, under a name with the date, for saving only."""
    reflect(Learner(log), "it rains")
    reply = site.client.get("/data/export")
    assert re.fullmatch(
        r'attachment; filename="brm-course-\d{4}-\d\d-\d\d\.zip"',
        reply.headers["content-disposition"],
    )
    assert reply.headers["cache-control"] == "no-store"
    assert read_export(reply.content) == log.records()
    assert site.stranger.get("/data/export").status_code == 403


def test_an_export_is_brought_in(site: Site, log: SqliteLog) -> None:
    """A file from another computer is merged, twice as once, and the page says what came of it."""
    other = Learner(MemoryLog())
    reflect(other, "over there")
    there = Site(other, site.pages._shelf._folders[0])
    content = there.client.get("/data/export").content
    assert "2 entries were added" in bring_in(site, content).text
    assert "All of it was here already" in bring_in(site, content).text
    assert plans(log) == ["over there"]
    assert "over there" in site.get("/mine")


def test_a_spoilt_file_is_refused(site: Site, log: SqliteLog) -> None:
    """A file that was changed, is none, or was not chosen is refused in words; nothing is added."""
    reflect(Learner(log), "here")
    before = log.records()
    content = site.client.get("/data/export").content
    for spoilt, said in (
        (content[:-1] + b"!", "Nothing was taken from it"),
        (b"a letter", "no export of the course"),
        (b"", "Choose the zip file first"),
    ):
        page = bring_in(site, spoilt).text
        assert 'role="alert"' in page
        assert said in page
    assert log.records() == before


def test_only_our_own_forms_count(site: Site, log: SqliteLog) -> None:
    """Without the sign of our forms nothing is brought in, put back, begun anew or deleted."""
    reflect(Learner(log), "here")
    before = log.records()
    assert bring_in(site, b"x", **{"course-token": "guessed"}).status_code == 403
    for path in ("copy", "restore", "forget", "again/m1"):
        reply = post(site, f"/data/{path}", "/data", what="all", **{"course-token": "guessed"})
        assert reply.status_code == 403
    reply = site.client.post("/data/import", content=b"x", headers={"content-type": "text/plain"})
    assert reply.status_code == 400
    assert log.records() == before
    assert copies(log.path) == []


def test_a_large_file_may_come_in_there_and_nowhere_else(site: Site) -> None:
    """Five megabytes are read where files are brought in, refused elsewhere; there is an end."""
    large = b"x" * 5_000_000
    assert "no export of the course" in bring_in(site, large).text
    headers = {"content-type": FORM, "origin": HOME}
    assert site.client.post("/data/copy", content=large, headers=headers).status_code == 413
    reply = site.client.post(
        "/data/import", content=b"x", headers={**headers, "content-length": "99000000"}
    )
    assert reply.status_code == 413


def test_copies_are_made_and_put_back(site: Site, log: SqliteLog) -> None:
    """A copy is made by a button, listed, and put back by one; what was there becomes a copy."""
    learner = Learner(log)
    reflect(learner, "before")
    assert "There is a copy of all your answers" in post(site, "/data/copy", "/data").text
    [copy] = copies(log.path)
    reflect(learner, "after")
    page = post(site, "/data/restore", "/data", copy=copy.name).text
    assert "The copy is back" in page
    assert plans(log) == ["before"]
    assert len(copies(log.path)) == 2
    for name in ("../answers.sqlite", "answers.sqlite", ""):
        assert "not there any more" in post(site, "/data/restore", "/data", copy=name).text


def test_a_copy_that_could_not_be_made_is_told(site: Site) -> None:
    """If the weekly copy could not be made the page says so, and why."""
    site.pages._data._keeper.failure = "No copy of your answers could be made: no space."
    page = site.get("/data")
    assert "no space" in page
    assert "tries again every hour" in page


def test_deleting_shows_first_what_goes(site: Site, log: SqliteLog) -> None:
    """What would go is counted and nothing is deleted by looking; then all of one partner goes."""
    learner = Learner(log)
    for key, code in (("1", "Harbour"), ("2", "Finch")):
        learner.record([choosing(code)], new_id(), key)
        reflect(learner, f"about {code}", key)
    question = site.get("/data/forget?what=partner%3A2")
    assert "everything about Finch?" in question
    assert "1 saved state of a text" in question
    assert "exports that you made" in question
    assert plans(log) == ["about Harbour", "about Finch"]
    page = post(site, "/data/forget", "/data/forget?what=partner%3A2", what="partner:2").text
    assert "This is deleted" in page
    assert plans(log) == ["about Harbour"]
    assert "Finch" not in page
    question = site.get("/data/forget?what=module%3Am5")
    assert "nothing of it in your answers" in question
    for what in ("partner:9", "module:m99", "", "partner:", "all:x"):
        assert site.client.get("/data/forget", params={"what": what}).status_code == 404
        assert post(site, "/data/forget", "/data", what=what).status_code == 404


def test_everything_can_be_deleted(site: Site, log: SqliteLog, tmp_path: Path) -> None:
    """After that no file holds a word of what was written, and the course begins anew and saves."""
    reflect(Learner(log), "Zanzibar")
    post(site, "/data/copy", "/data")
    page = post(site, "/data/forget", "/data/forget?what=all", what="all").text
    assert "All your answers are deleted" in page
    left = [one for one in tmp_path.rglob("*") if one.is_file() and b"Zanzibar" in one.read_bytes()]
    assert left == []
    assert "What you take away" in site.get("/")
    reflect(Learner(log), "anew")
    assert plans(log) == ["anew"]
    assert log.trouble is None


# Beginning anew


def answered(site: Site) -> None:
    """Answer a question, pass a step, and write a plan in module 1."""
    html = site.get("/m1/check-yourself")
    site.post("/m1/check-yourself", html, action="check", pick="A")
    html = site.get("/m1/start")
    site.post("/m1/start", html, form=-1, action="onward")


def test_a_module_is_begun_anew(site: Site, log: SqliteLog) -> None:
    """After a new start the module stands as new on every page; the events before are all there."""
    learner = Learner(log)
    answered(site)
    reflect(learner, "it rains")
    reflect(learner, "other partner", "2")
    before = log.records()
    assert "it rains" in site.get("/takeaway")
    first = site.get("/m1/check-yourself?visit=one")
    assert 'href="/data/again/m1"' in site.get("/m1/start")
    assert "2 of " in site.get("/m1/start")
    question = site.get("/data/again/m1")
    assert "The whole module" in question
    page = post(site, "/data/again/m1", "/data/again/m1", what="all")
    assert str(page.url) == f"{HOME}/m1/start"
    assert "0 of " in page.text
    assert site.get("/m1/check-yourself?visit=two") != first
    assert "it rains" not in site.get("/mine")
    assert "it rains" not in site.get("/takeaway")
    assert log.records()[: len(before)] == before
    resets = log.read(kinds=[ActivityReset.kind])[1]
    assert {event.partner for event in resets} == {"", "1"}
    learner.record([choosing("Finch")], new_id(), "2")
    assert "other partner" in site.get("/mine")
    html = site.get("/m1/check-yourself")
    site.post("/m1/check-yourself", html, action="check", pick="A")


def test_an_open_page_follows_a_new_start(site: Site, log: SqliteLog, library: Library) -> None:
    """A page that was open meanwhile shows the activity as new with the next thing it does."""
    learner = Learner(log)
    session = find_session(library, "quiz", "m1", learner)
    fresh = session.open()
    question = library.named("questions", "m1").questions[0].id
    session.answer(
        {"n": new_id(), "action": "check", "form": {"question": [question], "pick": ["A"]}}
    )
    assert session.open() != fresh
    post(site, "/data/again/m1", "/data/again/m1", what="check-yourself")
    assert session.open() == fresh == find_session(library, "quiz", "m1", learner).open()
    session.answer(
        {"n": new_id(), "action": "check", "form": {"question": [question], "pick": ["B"]}}
    )
    assert session.open() != fresh
    assert session.open() == find_session(library, "quiz", "m1", learner).open()


def test_one_step_is_begun_anew_and_no_other(site: Site, log: SqliteLog) -> None:
    """A step begun anew leaves the module's other steps and what was written there as they were."""
    answered(site)
    reflect(Learner(log), "it rains")
    page = post(site, "/data/again/m1", "/data/again/m1", what="check-yourself")
    assert str(page.url) == f"{HOME}/m1/check-yourself"
    assert "1 of " in page.text
    assert "it rains" in site.get("/mine")
    _, events = log.read(kinds=[ActivityReset.kind])
    assert events
    assert not any(event.body.steps for event in events)
    assert len(log.read(kinds=[StepPassed.kind, QuizAnswered.kind])[1]) == 2


def test_results_before_a_new_start_stay_in_the_profile(
    site: Site, log: SqliteLog, library: Library
) -> None:
    """A self-assessment begun anew is empty, while the profile still shows its result."""
    learner = Learner(log)
    scale = library.named("scales", "EMP")
    body = ScaleFinished({item.id: 3 for item in scale.items if not item.choices})
    learner.record([Draft(scale.id, scale.edition, body)], new_id(), "1")
    profile = find_session(library, "profile", "", learner)
    told = profile.open()
    form = find_session(library, "scale", "EMP", learner)
    result = form.open()
    post(site, "/data/again/m1", "/data/again/m1", what="all")
    assert form.open() != result
    assert form.state.record.result is None
    assert profile.open() == told == find_session(library, "profile", "", learner).open()
    for state in (profile.state, find_session(library, "profile", "", learner).state):
        assert state is None or state.record.told("1").scales[scale.id].result is not None


def test_the_whole_course_is_begun_anew(site: Site, log: SqliteLog) -> None:
    """All modules stand as new, and what was there before is still in the log."""
    answered(site)
    reflect(Learner(log), "it rains")
    before = log.records()
    page = post(site, "/data/again/all", "/data/again/all", what="all")
    assert str(page.url) == f"{HOME}/"
    assert " of " not in "".join(re.findall(r'course-how-far">([^<]*)', page.text))
    assert log.records()[: len(before)] == before
    for name, what in (("m99", "all"), ("m1", "nowhere"), ("m1", ""), ("all", "")):
        assert post(site, f"/data/again/{name}", "/data", what=what).status_code == 404


def test_a_new_start_sent_twice_is_one(site: Site, log: SqliteLog) -> None:
    """The same form sent again, by a reload, begins nothing anew once more."""
    answered(site)
    form = {**token(site.get("/data/again/m1")), "what": "all"}
    headers = {"content-type": FORM, "origin": HOME}
    for _ in range(2):
        site.client.post("/data/again/m1", content=urlencode(form), headers=headers)
        html = site.get("/m1/start")
        site.post("/m1/start", html, form=-1, action="onward")
    assert len([e for e in log.read(kinds=[ActivityReset.kind])[1] if e.body.steps]) == 1
    assert "1 of " in site.get("/m1/start")


# Forms with a file


@given(st.binary(max_size=200), st.text("abcXYZ0123456789'_", min_size=1, max_size=40))
def test_any_file_comes_through(content: bytes, boundary: str) -> None:
    """Whatever bytes a file has, they come out as they went in."""
    delimiter = f"--{boundary}\r\n".encode()
    if delimiter.strip() in b"\r\n" + content:
        return
    head = b'Content-Disposition: form-data; name="%b"%b\r\n\r\n'
    body = delimiter + head % (b"course-token", b"") + b"t\r\n"
    body += delimiter + head % (b"file", b'; filename="a \\"b.zip"\r\nContent-Type: x/y') + content
    body += f"\r\n--{boundary}--\r\n".encode()
    kind = f'multipart/form-data; boundary="{boundary}"'
    assert read_parts(kind, body) == {"course-token": b"t", "file": content}


@given(st.binary(max_size=300), st.text(max_size=60))
def test_no_body_fails_inside(body: bytes, kind: str) -> None:
    """Whatever is sent as a form with a file is read, or refused as none."""
    for said in (kind, "multipart/form-data; boundary=x", f"multipart/form-data; boundary={kind}"):
        for sent in (body, b"--x\r\n" + body + b"\r\n--x--"):
            try:
                read_parts(said, sent)
            except ActionError:
                continue
