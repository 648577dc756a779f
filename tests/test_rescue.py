"""Rescue: what it still reads of files that are damaged in many ways."""

import io
import random
import shutil
import sqlite3
import time
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from brmcourse.log import rescue
from brmcourse.log.rescue import readable_rows

PAGE = 4096
COLUMNS = 7
TABLE = """
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT, kind TEXT, subject TEXT,
        fingerprint TEXT, body TEXT
    );
    CREATE INDEX events_by_subject ON events (subject, seq);
"""
INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"

Row = tuple[Any, ...]


def rows(count: int, longest: int = 20_000) -> list[Row]:
    """Return rows whose bodies are of all lengths, most of them short."""
    chance = random.Random(count)
    made: list[Row] = []
    for seq in range(1, count + 1):
        length = int(10 * (longest / 10) ** (chance.random() ** 2))
        text = "".join(chance.choices("abc äöü 😀\n", k=length))
        made.append((seq, f"id-{seq:08}", "2025-01-01", "quiz.answered", "q1", "f00d", text))
    return made


def fill(path: Path, content: list[Row], page_size: int = PAGE) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"PRAGMA page_size = {page_size}")
        db.executescript(TABLE)
        db.executemany(INSERT, content)


def rescued(path: Path) -> set[Row]:
    """Return what is rescued, with the rowid in its place as `seq`."""
    return {(rowid, *columns[1:]) for rowid, columns in readable_rows(path, {COLUMNS})}


def pages_of_rows(path: Path) -> dict[int, set[int]]:
    """Return the pages that hold a part of each row, by `seq`, as SQLite itself sees it."""
    with closing(sqlite3.connect(path)) as db:
        seqs = iter([seq for (seq,) in db.execute("SELECT seq FROM events ORDER BY seq")])
        try:
            parts = db.execute(
                "SELECT path, pageno, pagetype, ncell FROM dbstat WHERE name = 'events'"
            ).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell where its rows are")
    pages: dict[int, set[int]] = {}
    by_cell: dict[str, int] = {}
    for name, number, kind, cells in sorted(parts):
        if kind == "leaf":
            for cell in range(cells):
                seq = next(seqs)
                by_cell[f"{name}{cell:03x}"] = seq
                pages[seq] = {number}
    for name, number, kind, _ in parts:
        if kind == "overflow":
            pages[by_cell[name.partition("+")[0]]].add(number)
    return pages


def copy_while_open(folder: Path, batches: list[list[Row]], page_size: int = PAGE) -> Path:
    """Return a copy of a database that was taken before the batches behind the first were moved
    out of the -wal file.
    """
    path, copy = folder / "answers.sqlite", folder / "copy.sqlite"
    fill(path, batches[0], page_size)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        for batch in batches[1:]:
            with db:
                db.executemany(INSERT, batch)
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    return copy


def damaged(image: bytes, chance: random.Random) -> bytes:
    """Return the image with up to eight bytes changed, and sometimes a part torn out or cut off."""
    data = bytearray(image)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.choice((0, 0xFF, chance.randrange(256)))
    start = chance.randrange(len(data))
    if chance.random() < 0.3:
        del data[start : start + chance.randrange(2_000)]
    if chance.random() < 0.3:
        data[start : start + 600] = chance.randbytes(600)
    if chance.random() < 0.3:
        del data[start:]
    return bytes(data)


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


@pytest.fixture(scope="module")
def content() -> list[Row]:
    return rows(1_000)


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory, content: list[Row]) -> Path:
    path = tmp_path_factory.mktemp("intact") / "answers.sqlite"
    fill(path, content)
    return path


@pytest.fixture
def path(tmp_path: Path, intact: Path) -> Path:
    """A file of 1,000 rows that a test may damage."""
    return Path(shutil.copy(intact, tmp_path / "answers.sqlite"))


def test_intact_file(path: Path, content: list[Row]) -> None:
    """An intact file gives every row as it was written, and nothing else."""
    assert rescued(path) == set(content)


@pytest.mark.parametrize("page_size", [512, 1024, 8192, 65536])
@pytest.mark.parametrize("header", ["sound", "lost"])
def test_other_page_sizes(tmp_path: Path, page_size: int, header: str) -> None:
    """Files of every page size give every row, whether or not the header still names it."""
    path = tmp_path / "answers.sqlite"
    content = rows(300)
    fill(path, content, page_size)
    if header == "lost":
        overwrite(path, 0, bytes(100))
    assert rescued(path) == set(content)


def test_every_type_of_value(tmp_path: Path) -> None:
    """Numbers of every size, blobs, empty texts and nothing come back as they were written."""
    path = tmp_path / "answers.sqlite"
    numbers = [
        sign * (2**power + off) for power in range(63) for sign in (1, -1) for off in (0, -1)
    ]
    written = [(n, n / 3, "", b"\x00\xff" * (n % 5_000), None) for n in (*numbers, -(2**63))]
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE things (a, b, c, d, e)")
        db.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", written)
    read = {columns for _, columns in readable_rows(path, {5}) if columns[0] != "table"}
    assert read == set(written)


def test_rowids_of_every_size(tmp_path: Path) -> None:
    """Rowids come back whatever their size and sign."""
    path = tmp_path / "answers.sqlite"
    numbers = [0, -1, 127, 128, 2**55, 2**56, 2**63 - 1, -(2**63)]
    fill(path, [(n, f"id{n}", "t", "k", "s", "f", "b") for n in numbers])
    assert {row[0] for row in rescued(path)} == set(numbers)


def test_text_that_is_no_text(path: Path) -> None:
    """Text that is not UTF-8 comes as the bytes that stand there."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE events SET kind = CAST(X'C328' AS TEXT) WHERE seq = 5")
    assert {row[3] for row in rescued(path) if row[0] == 5} == {b"\xc3\x28"}


def test_only_tables_of_the_right_width(path: Path) -> None:
    """Rows of tables with another number of columns do not come."""
    assert not list(readable_rows(path, {4}))
    (first, second) = list(readable_rows(path, {5}))[:2]
    assert first[1][:2] == ("table", "events")
    assert second[1][0] == "index"


@pytest.mark.parametrize("seed", range(30))
def test_one_bad_page(path: Path, content: list[Row], seed: int) -> None:
    """A page of random bytes costs the rows that were in it, and no other."""
    chance = random.Random(seed)
    where = pages_of_rows(path)
    lost = 1 + chance.randrange(path.stat().st_size // PAGE)
    hit = {seq for seq, pages in where.items() if lost in pages}
    overwrite(path, (lost - 1) * PAGE, chance.randbytes(PAGE))
    found = rescued(path)
    assert {row for row in content if row[0] not in hit} <= found
    assert {row[0] for row in found - set(content)} <= hit


def test_bad_rows_beside_good_ones(path: Path, content: list[Row]) -> None:
    """A row that cannot be read does not cost the other rows of its page."""
    where = pages_of_rows(path)
    leaf = min(where[1])
    together = {seq for seq, pages in where.items() if leaf in pages}
    data = path.read_bytes()
    start = data.index(b"id-00000001", (leaf - 1) * PAGE) - 12
    overwrite(path, start, b"\xff" * 12)
    assert len(together) > 2
    assert rescued(path) == {row for row in content if row[0] != 1}


def test_bad_sector(path: Path, content: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the disk that cannot be read costs the rows that were in it, and no other."""

    class Disk(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == PAGE * 9:
                raise OSError
            return super().read(size) or b""

    hit = {seq for seq, pages in pages_of_rows(path).items() if 10 in pages}
    monkeypatch.setattr(
        rescue, "_opened", lambda path: Disk(path) if path.exists() else io.BytesIO()
    )
    assert hit
    assert rescued(path) == {row for row in content if row[0] not in hit}


@pytest.mark.parametrize("percent", [30, 60, 90])
@pytest.mark.parametrize("header", ["sound", "lost"])
def test_truncated(path: Path, content: list[Row], percent: int, header: str) -> None:
    """A file that ends early gives every row whose pages are whole, and no row that is not so."""
    where = pages_of_rows(path)
    size = path.stat().st_size * percent // 100
    with path.open("r+b") as file:
        file.truncate(size)
    if header == "lost":
        overwrite(path, 0, bytes(100))
    whole = size // PAGE
    expected = {row for row in content if max(where[row[0]]) <= whole}
    assert expected
    assert expected <= rescued(path) <= set(content)


def test_lost_header(path: Path, content: list[Row]) -> None:
    """A file whose first 100 bytes are zeroes gives every row."""
    overwrite(path, 0, bytes(100))
    assert rescued(path) == set(content)


@pytest.mark.parametrize("damage", ["none", "wal header lost", "both headers lost"])
def test_rows_in_the_wal(tmp_path: Path, damage: str) -> None:
    """Rows that are only in the -wal file come too, whether or not the headers are there."""
    content = rows(200)
    path = copy_while_open(tmp_path, [content[:100], content[100:]])
    wal = path.with_name("copy.sqlite-wal")
    if damage == "both headers lost":
        overwrite(path, 0, bytes(100))
    if "header" in damage:
        overwrite(wal, 0, bytes(32))
    assert rescued(path) == set(content)


def test_only_the_wal(tmp_path: Path) -> None:
    """A -wal file gives its rows even if the database beside it is empty."""
    content = rows(200)
    path = copy_while_open(tmp_path, [content[:100], content[100:]])
    path.write_bytes(b"")
    assert set(content[100:]) <= rescued(path) <= set(content)


def test_truncated_wal(tmp_path: Path) -> None:
    """A -wal file that ends early gives what was written up to there."""
    content = rows(200, longest=100)
    path = copy_while_open(tmp_path, [[row] for row in content])
    wal = path.with_name("copy.sqlite-wal")
    with wal.open("r+b") as file:
        file.truncate(wal.stat().st_size // 2)
    found = rescued(path)
    assert found <= set(content)
    assert {row[0] for row in found} == set(range(1, len(found) + 1))
    assert 80 < len(found) < 120


def test_newest_state_first(tmp_path: Path) -> None:
    """Of a row that was changed, the state that was written last comes first."""
    path = tmp_path / "answers.sqlite"
    fill(path, rows(10, longest=100))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        for kind in ("second", "third"):
            with db:
                db.execute("UPDATE events SET kind = ?", (kind,))
        states = [columns[3] for rowid, columns in readable_rows(path, {COLUMNS}) if rowid == 1]
    assert states == ["third", "second", "quiz.answered"]


def test_what_an_older_wal_left_behind(tmp_path: Path) -> None:
    """Behind the end of the -wal file, what is left of an older one does not come."""
    path = tmp_path / "answers.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(TABLE)
        for row in rows(30, longest=100):
            with db:
                db.execute(INSERT, row)
        db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        with db:
            db.execute("UPDATE events SET kind = 'new'")
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        assert b"quiz.answered" in path.with_name("answers.sqlite-wal").read_bytes()
        assert {row[3] for row in rescued(path)} == {"new"}


def test_overflow_in_a_circle(path: Path, content: list[Row]) -> None:
    """A row whose overflow pages go round in a circle is left out, and the others come."""
    where = pages_of_rows(path)
    longest = max(where, key=lambda seq: len(where[seq]))
    (leaf,) = {page for page in where[longest] if path.read_bytes()[(page - 1) * PAGE] == 0x0D}
    for page in where[longest] - {leaf}:
        overwrite(path, (page - 1) * PAGE, page.to_bytes(4, "big"))
    assert rescued(path) == {row for row in content if row[0] != longest}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SQL",
        b"SQLite format 3\0",
        b"\xff" * 3 * PAGE,
        (b"\x0d" + b"\xff" * (PAGE - 1)) * 3,
        (b"\x0d\0\0\x07\xff\0\0\0" + bytes(range(256)) * 16)[:PAGE] * 3,
        bytes(100) + b"\x0d" * PAGE,
    ],
)
@pytest.mark.parametrize("ending", ["", "-wal"])
def test_no_database(tmp_path: Path, data: bytes, ending: str) -> None:
    """A file that is no database gives nothing, as the database or as its -wal file."""
    (tmp_path / f"answers.sqlite{ending}").write_bytes(data)
    assert not list(readable_rows(tmp_path / "answers.sqlite", {COLUMNS}))


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, gives nothing."""
    assert not list(readable_rows(tmp_path / "missing", {COLUMNS}))
    assert not list(readable_rows(tmp_path, {COLUMNS}))


def test_random_bytes(tmp_path: Path) -> None:
    """A megabyte of random bytes gives nothing, even where each page claims to be a leaf."""
    path = tmp_path / "answers.sqlite"
    chance = random.Random(1)
    path.write_bytes(chance.randbytes(1_000_000))
    assert not list(readable_rows(path, {COLUMNS}))
    path.write_bytes(b"".join(b"\x0d" + chance.randbytes(PAGE - 1) for _ in range(40)))
    assert not list(readable_rows(path, {COLUMNS}))


@pytest.mark.parametrize("seed", range(20))
def test_never_raises(tmp_path: Path, seed: int) -> None:
    """Whatever is overwritten, torn out or cut off, in either file, nothing raises."""
    chance = random.Random(seed)
    content = rows(12, longest=3_000)
    path = copy_while_open(tmp_path, [content[:6], content[6:]], page_size=512)
    files = (path, path.with_name("copy.sqlite-wal"))
    images = [file.read_bytes() for file in files]
    for _ in range(100):
        for file, image in zip(files, images, strict=True):
            file.write_bytes(damaged(image, chance))
        for rowid, columns in readable_rows(path, {COLUMNS}):
            assert isinstance(rowid, int)
            assert len(columns) == COLUMNS


def test_stays_fast(tmp_path: Path) -> None:
    """A file of 20 MB is read in seconds, and little of it is in memory at a time."""
    path = tmp_path / "answers.sqlite"
    fill(path, [(n, f"id{n}", "t", "k", "s", "f", "b" * 10_000) for n in range(2_000)])
    tracemalloc.start()
    began = time.perf_counter()
    count = sum(1 for _ in readable_rows(path, {COLUMNS}))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2_000
    assert time.perf_counter() - began < 20
    assert most < 2_000_000
