"""The map of a conversation: where all of it stands, how many ways there are, who sees what."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import combinations, pairwise
from math import hypot
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.activities import conversation
from brmcourse.activities.board import Board, Spot
from brmcourse.activities.conversation import Stage
from brmcourse.checks.conversation_paths import outcomes, traffic
from brmcourse.checks.ways import told, ways_table
from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.hosts.preview.file import ShownFile
from brmcourse.hosts.preview.map import map_page, mapped
from brmcourse.model.conversation import Conversation
from brmcourse.rendering import map as maps
from brmcourse.rendering.map import Map, Stop, conversation_map, walked
from brmcourse.session import Learner
from tests.make import conversation as make_talk
from tests.make import staged
from tests.play import Play
from tests.test_preview import Shown

SAMPLE = Path(__file__).parent / "sample_course"
PIECE = re.compile(r"([MVC])([\d. -]+)")
TALK = "data/conversations/t1.yaml"

Captured = pytest.CaptureFixture[str]
Place = tuple[float, float]


def own(library: Library) -> list[Conversation]:
    """Return the conversations of a course."""
    return [library.named("conversations", name) for name in library.names("conversations")]


def sample() -> Conversation:
    """Return the conversation of the sample course."""
    return Library(SAMPLE).named("conversations", "t1")


@st.composite
def talks(draw: st.DrawFn) -> Conversation:
    """Make a conversation of up to twelve turns that lead on in any way, some by a junction."""
    turns = [f"turn{n}" for n in range(draw(st.integers(1, 12)))]
    endings = [f"Ending of sort {n}" for n in range(draw(st.integers(1, 6)))]
    nodes: dict[str, Any] = {}
    targets = [f"end{n}" for n in range(len(endings))]
    nodes |= {
        name: {"ending": title, "says": "Well."}
        for name, title in zip(targets, endings, strict=True)
    }
    for name in reversed(turns):
        junction = draw(st.lists(st.sampled_from(targets), max_size=3, unique=True))
        if junction:
            routes = [{"if": f"trust >= {n + 3}", "next": to} for n, to in enumerate(junction[1:])]
            nodes[f"route-{name}"] = {"auto": [*routes, {"else": True, "next": junction[0]}]}
            targets = [*targets, f"route-{name}"]
        made = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=4))
        nodes[name] = {"says": "And?", "choices": [choice(to, n) for n, to in enumerate(made)]}
        targets = [*targets, name]
    return make_talk(nodes=nodes, start="turn0", endings=dict.fromkeys(endings, "So it ended."))


def choice(to: str, number: int) -> dict[str, Any]:
    """Return a choice that leads there."""
    about = {
        "text": f"Move {number}",
        "move": "ask",
        "reply": "So.",
        "skill": "listen",
        "feedback": "So.",
    }
    effects = {"trust": number - 1}
    return {**about, "points": number % 3, "effects": effects, "next": to}


def corners(path: str) -> Iterator[list[Place]]:
    """Yield the points of each piece of a path: two of a straight line, four of a curve."""
    at: Place = (0, 0)
    for sign, numbers in PIECE.findall(path):
        values = [float(number) for number in numbers.split()]
        if sign == "V":
            values = [at[0], values[0]]
        points = list(zip(values[::2], values[1::2], strict=True))
        if sign != "M":
            yield [at, *points]
        at = points[-1]


def traced(path: str) -> Iterator[Place]:
    """Yield points all along a path."""
    for points in corners(path):
        for step in range(11):
            row = points
            while len(row) > 1:  # de Casteljau
                row = [between(a, b, step / 10) for a, b in pairwise(row)]
            yield row[0]


def between(one: Place, other: Place, share: float) -> Place:
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))


def sound(talk: Conversation) -> Map:
    """Return the map of a conversation after a look at everything that must be true of it."""
    drawn = conversation_map(talk)
    assert everything_inside(drawn)
    assert nothing_overlaps(drawn)
    assert_exits(talk, drawn)
    assert [turn.number for turn in drawn.turns] == list(range(1, len(drawn.turns) + 1))
    assert_lines_keep_clear(drawn)
    return drawn


def everything_inside(drawn: Map) -> bool:
    """Say whether circles, squares, names and lines lie inside the drawing."""
    boxes = [(turn.x, turn.y, maps.RADIUS, maps.RADIUS) for turn in drawn.turns]
    boxes += [(ending.x, ending.y, maps.HALF, maps.HALF) for ending in drawn.endings]
    boxes += [(x, y, 0, 0) for line in drawn.lines for x, y in traced(line)]
    for ending in drawn.endings:
        for words in ending.words:
            half = len(words.text) * maps.LETTER / 2
            boxes.append((words.x + half, words.y - maps.BASE, half, maps.LINE / 2))
    return all(
        -0.1 <= x - wide <= x + wide <= drawn.width + 0.1
        and -0.1 <= y - high <= y + high <= drawn.height + 0.1
        for x, y, wide, high in boxes
    )


def nothing_overlaps(drawn: Map) -> bool:
    """Say whether all circles stand apart from each other, and all endings below one another."""
    apart = [
        hypot(one.x - other.x, one.y - other.y) >= 2 * maps.RADIUS + 4
        for one, other in combinations(drawn.turns, 2)
    ]
    lines = [words.y for ending in drawn.endings for words in ending.words]
    apart += [below - above >= maps.LINE - 0.1 for above, below in pairwise(lines)]
    return all(apart)


def assert_exits(talk: Conversation, drawn: Map) -> None:
    """Each exit of a turn, beyond junctions, has an edge from its circle to where it leads, without
    a gap; and there are no others.
    """
    stops: dict[Stop, tuple[float, float, float]] = {
        Stop(turn.name): (turn.x, turn.y, maps.RADIUS) for turn in drawn.turns
    }
    for ending in drawn.endings:
        stops[Stop(ending.title, ends=True)] = (ending.x, ending.y, maps.HALF)
    exits = {
        (Stop(name), stop)
        for name, node in talk.nodes.items()
        for choice in node.choices
        for stop in beyond(talk, choice.next)
    }
    assert {(edge.source, edge.target) for edge in drawn.edges} == exits
    for edge in drawn.edges:
        ends = [(points[0], points[-1]) for points in map(joined, edge_lines(drawn, edge))]
        x, y, reach = stops[edge.source]
        assert ends[0][0] == pytest.approx((x, y + reach), abs=0.2)
        x, y, reach = stops[edge.target]
        assert ends[-1][1] == pytest.approx((x, y - reach), abs=0.2)
        for (_, end), (begin, _) in pairwise(ends):
            assert end == pytest.approx(begin, abs=0.2)


def edge_lines(drawn: Map, edge: maps.Edge) -> list[str]:
    return [drawn.lines[line] for line in edge.lines]


def joined(path: str) -> list[Place]:
    return [point for points in corners(path) for point in points]


def beyond(talk: Conversation, name: str) -> set[Stop]:
    """Return where a node leads without anybody's choice."""
    node = talk.nodes[name]
    if node.auto:
        return {stop for route in node.auto for stop in beyond(talk, route.next)}
    return {Stop(node.ending, ends=True) if node.ending else Stop(name)}


def assert_lines_keep_clear(drawn: Map) -> None:
    """No line runs through a circle, nor through a square or a name that it does not lead to."""
    for line in drawn.lines:
        for x, y in traced(line):
            for turn in drawn.turns:
                assert hypot(x - turn.x, y - turn.y) >= maps.RADIUS - 0.3
            for ending in drawn.endings:
                beside = x - ending.x
                level = abs(y - ending.y) < maps.HALF - 0.3
                assert not (level and -maps.HALF < beside < maps.HALF + maps.BEFORE)


def test_maps_of_the_course(library: Library) -> None:
    """Every conversation of the course has a sound map, as wide as the narrowest phone."""
    for talk in [*own(library), sample()]:
        assert sound(talk).width == maps.WIDTH


@settings(max_examples=40, deadline=None)
@given(talks())
def test_maps_of_any_conversation(talk: Conversation) -> None:
    """Whatever leads where, the map is sound."""
    sound(talk)


def test_map_of_a_conversation_without_a_turn() -> None:
    """What ends before the first move is a square, and one comes there at once."""
    talk = staged(start="good", nodes={"good": {"ending": "Good", "says": "No."}}).conversation
    drawn = sound(talk)
    assert drawn.turns == ()
    assert [ending.title for ending in drawn.endings] == ["Good"]
    assert str(walked(drawn, [], "Good")) == "You came to Good at once."


def test_a_wide_conversation_gets_a_wide_map() -> None:
    """What has no room in the usual width gets more of it."""
    last = {"says": "And?", "choices": [choice("good", 0)]}
    nodes = {f"t{n}": last for n in range(12)}
    nodes["one"] = {"says": "So?", "choices": [choice(f"t{n}", n) for n in range(12)]}
    nodes["good"] = {"ending": "Good", "says": "Well."}
    assert sound(make_talk(nodes=nodes)).width > maps.WIDTH


def test_numbers_go_down_a_path(library: Library) -> None:
    """The numbers on any path rise, for each move leads to a lower row."""
    for talk in own(library):
        drawn = conversation_map(talk)
        heights = [turn.y for turn in drawn.turns]
        assert heights == sorted(heights)
        numbers = drawn.numbers
        for edge in drawn.edges:
            if not edge.target.ends:
                assert numbers[edge.source.name] < numbers[edge.target.name]


def played(board: Board, spot: Spot) -> Iterator[list[tuple[Spot, int | None]]]:
    """Yield every way from a spot: its spots, each with the choice made there."""
    if board.conversation.nodes[spot.name].ending:
        yield [(spot, None)]
        return
    for place in board.offered(spot):
        for rest in played(board, board.next(spot, place)):
            yield [(spot, place), *rest]


def assert_counts(talk: Conversation) -> None:
    """The counts are those of all ways, counted one by one."""
    board = Board(talk)
    ways = list(played(board, board.start))
    turns: Counter[str] = Counter()
    choices: Counter[tuple[str, int | None]] = Counter()
    endings: Counter[str] = Counter()
    last: Counter[tuple[str, str, int | None]] = Counter()
    for way in ways:
        turns.update(spot.name for spot, _ in way[:-1])
        choices.update((spot.name, place) for spot, place in way[:-1])
        ending = talk.nodes[way[-1][0].name].ending
        endings[ending] += 1
        if way[:-1]:
            spot, place = way[-2]
            last[ending, spot.name, place] += 1
    found = traffic(talk)
    assert found.count == len(ways) == outcomes(board).total()
    assert +Counter(found.turns) == turns
    assert +Counter(found.choices) == choices
    assert +Counter(found.endings) == endings
    assert last == {
        (ending, *move): times
        for ending, moves in found.last.items()
        for move, times in moves.items()
    }


def test_ways_of_the_sample_are_counted() -> None:
    """Folding over states gives what playing every way gives."""
    assert_counts(sample())


@settings(max_examples=40, deadline=None)
@given(talks())
def test_ways_of_any_conversation_are_counted(talk: Conversation) -> None:
    """So it is of any conversation that can be played out."""
    if outcomes(Board(talk)).total() < 3_000:
        assert_counts(talk)


def test_ways_may_be_beyond_counting() -> None:
    """A thousand turns with three choices each are counted at once, and told by their size."""
    nodes: dict[str, Any] = {"good": {"ending": "Good", "says": "Well."}}
    names = [f"t{n}" for n in range(1_000)]
    for name, after in zip(names, [*names[1:], "good"], strict=True):
        nodes[name] = {"says": "And?", "choices": [choice(after, n) for n in range(3)]}
    long = make_talk(nodes=nodes, start="t0")
    assert traffic(long).count == 3**1_000
    table = ways_table(long, {name: number for number, name in enumerate(names, 1)})
    assert table.count == "1.3 \N{MULTIPLICATION SIGN} 10^477 ways to play"
    assert table.turns[500].rows[0].share == "33.3%"


def test_numbers_are_told() -> None:
    """Numbers that one can read are told as they are."""
    assert [told(number) for number in (0, 1_269, 10**12)] == [
        "0",
        "1,269",
        "1.0 \N{MULTIPLICATION SIGN} 10^12",
    ]


def test_the_table_of_the_sample() -> None:
    """Each turn with its choices, each ending with the moves before it, with ways and shares."""
    table = ways_table(sample(), conversation_map(sample()).numbers)
    assert table.count == "33 ways to play"
    assert [group.head.what for group in table.turns] == ["1 open", "2 reason", "3 cool", "4 offer"]
    assert [group.head.what for group in table.endings] == [
        "Agreed step",
        "Another talk",
        "Closed door",
    ]
    first = table.turns[0]
    assert first.head.words == "Your team closed my request twice. Why talk to you?"
    assert first.head[2:] == ("33", "100.0%")
    assert [row.what for row in first.rows] == ["strong", "partial", "weak"]
    assert sum(int(row.ways) for row in first.rows) == 33
    for ending in table.endings:
        assert sum(int(row.ways) for row in ending.rows) == int(ending.head.ways)
        assert all(row.what.startswith("after 4, ") for row in ending.rows)


def test_a_turn_that_offers_nothing_is_counted_with_nothing() -> None:
    """While it is written a conversation may come to nothing; the table says so and no more."""
    never = choice("good", 0) | {"if": "trust >= 10"}
    nodes = {
        "one": {"says": "So?", "choices": [never]},
        "good": {"ending": "Good", "says": "Well."},
    }
    table = ways_table(make_talk(nodes=nodes), {"one": 1})
    assert table.count == "0 ways to play"
    assert table.turns[0].head.share == "0.0%"


def test_check_draws_a_map(tmp_path: Path, monkeypatch: Any, capsys: Captured) -> None:
    """`check --map` prints the table, and says in one line where the page is that it wrote."""
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(SAMPLE), "--map", "T1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Ten minutes with Ines Moreau: 33 ways to play"
    assert lines[2].split() == ["Ways", "Share"]
    assert lines[3].split()[:2] == ["1", "open"]
    assert lines[3].split()[-2:] == ["33", "100.0%"]
    assert max(map(len, lines[:-1])) <= 80
    page = tmp_path / "t1-map.html"
    assert lines[-1] == f"The map is drawn in {page}."
    assert page.read_text("utf-8") == map_page(mapped(sample()))


def test_check_without_such_a_conversation(
    tmp_path: Path, monkeypatch: Any, capsys: Captured
) -> None:
    """A conversation that is not there, or is broken, gets its sentence, and no page is written."""
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(SAMPLE), "--map", "t9"]) == 1
    assert 'no conversation called "t9"' in capsys.readouterr().err
    course = Path(shutil.copytree(SAMPLE, tmp_path / "course"))
    (course / TALK).write_text("title: [", "utf-8")
    assert main(["check", str(course), "--map", "t1"]) == 1
    assert "[yaml.syntax]" in capsys.readouterr().err
    assert list(tmp_path.glob("*.html")) == []


def test_the_page_stands_alone() -> None:
    """The page that is written needs no other file, and its table has a caption and headers."""
    html = map_page(mapped(sample()))
    assert html.count("<svg") == html.count("<table") == 1
    assert "<caption>33 ways to play" in html
    assert len(re.findall(r'<th scope="col">', html)) == 3
    assert len(re.findall(r'<th scope="rowgroup">', html)) == 4 + 3
    assert not re.search(r"<(link|script|img)|@import|url\(", html)


def test_words_of_a_conversation_are_not_trusted() -> None:
    """What looks like HTML in a conversation stands as text on the page."""
    evil = "<script>alert(1)</script>"
    html = map_page(
        mapped(make_talk(title=evil, endings={evil: "So.", "Bad": "So."}, nodes=ends(evil)))
    )
    assert "<script" not in html
    assert evil in unescape(html)


def ends(title: str) -> dict[str, Any]:
    """Return a turn in which one choice leads to the ending of that title."""
    turn = {"says": title, "choices": [choice("good", 0) | {"text": title}]}
    return {"one": turn, "good": {"ending": title, "says": "Well."}}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A sound course of one small module, to be broken."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "course"))


def test_authors_see_the_map(course: Path, learner: Learner) -> None:
    """The preview of a conversation has map and table below it, which follow the file; a broken one
    has none, and no other file has.
    """
    shown = ShownFile(course, course / TALK, learner)
    assert "<svg" in shown.map
    assert "<caption>33 ways to play" in shown.map
    text = shown.path.read_text("utf-8")
    shown.path.write_text(text.replace("  Closed door:", "  Shut door:"), "utf-8")
    shown.refresh()
    assert shown.problems
    assert shown.map == ""
    ending = text.replace("Closed door", "Shut door")
    shown.path.write_text(ending, "utf-8")
    shown.refresh()
    assert "Shut door" in shown.map
    assert ShownFile(course, course / "data/questions/m1.yaml", learner).map == ""


def test_the_preview_shows_it(tmp_path: Path) -> None:
    """It stands on the preview's page, with nothing in it that the browser is told not to take."""
    shown = Shown(tmp_path, TALK)
    try:
        page = shown.page()
    finally:
        shown.process.kill()
        shown.process.communicate()
    assert '<h2 id="map">The map</h2>' in page
    assert "<caption>33 ways to play" in page
    assert "style=" not in page


def finished(talk: Conversation, *points: int) -> Play:
    """Return a conversation played to its end by moves worth so much."""
    play = Play(conversation, Stage(talk))
    play.do("begin")
    for worth in points:
        moves = [choice.points for _, choice in play.state.moves]
        play.do("choose", str(moves.index(worth) + 1), turn=str(len(play.state.turns)))
    assert play.state.node.ending
    return play


def chart(html: str) -> str:
    """Return the part of a debrief that holds the map."""
    return re.search(r'<details class="brm-map".*?</details>', html, re.DOTALL)[0]


def taken(html: str) -> list[str]:
    """Return what stands beside the filled circles and squares."""
    marked = re.findall(r'<g class="[^"]*brm-taken">(.*?)</g>', html, re.DOTALL)
    return [" ".join(re.findall(r">([^<]+)</text>", mark)) for mark in marked]


@pytest.mark.parametrize(
    ("points", "words", "marked"),
    [
        ((2, 2, 2), "You went 1, 2, 4, and came to Agreed step.", ["1", "2", "4", "Agreed step"]),
        ((0, 0, 0), "You went 1, 3, 4, and came to Closed door.", ["1", "3", "4", "Closed door"]),
    ],
)
def test_learners_see_their_path(points: tuple[int, ...], words: str, marked: list[str]) -> None:
    """The debrief has the learner's own path on the map, drawn thick and filled, and in words."""
    html = chart(finished(sample(), *points).page())
    assert words in html
    assert taken(html) == marked
    drawn = conversation_map(sample())
    assert html.count('<path class="brm-taken"') == len(walk_of(sample(), points).lines)
    assert html.count("<path") == len(drawn.lines)
    assert html.count("<circle") == len(drawn.turns)


def walk_of(talk: Conversation, points: tuple[int, ...]) -> maps.Walk:
    state = finished(talk, *points).state
    names = [turn.spot.name for turn in state.record.turns]
    return walked(conversation_map(talk), names, state.node.ending)


def test_the_map_tells_nothing_of_what_was_not_seen(library: Library) -> None:
    """It has numbers and the names of endings, and no words or names of turns."""
    for talk in [*own(library), sample()]:
        play = Play(conversation, Stage(talk))
        play.do("begin")
        while not play.state.node.ending:
            play.do("choose", "1", turn=str(len(play.state.turns)))
        html = unescape(chart(play.page()))
        shown = re.findall(r"<text[^>]*>([^<]*)</text>", html)
        names = " ".join(talk.endings).split()
        assert all(text.isdigit() or set(text.split()) <= set(names) for text in shown)
        for node in talk.nodes.values():
            words = [line.text for line in node.says]
            words += [text for choice in node.choices for text in (choice.text, choice.feedback)]
            assert not any(text in html for text in words)


def test_each_path_on_the_map_is_one_line(library: Library) -> None:
    """The lines of a path join its stops, from the first turn to the ending."""
    for talk in own(library):
        play = Play(conversation, Stage(talk))
        play.do("begin")
        while not play.state.node.ending:
            play.do("choose", "1", turn=str(len(play.state.turns)))
        names = [turn.spot.name for turn in play.state.record.turns]
        walk = walked(conversation_map(talk), names, play.state.node.ending)
        assert len(walk.numbers) == len(play.state.turns)
        assert len(walk.lines) >= len(walk.numbers)
