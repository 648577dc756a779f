"""The learner's own copy of the notebooks."""

import json
from pathlib import Path
from typing import Any

import pytest

from brmcourse.errors import NotebooksError
from brmcourse.hosts.library import fingerprint, refresh


def notebook(*sources: str, **extra: Any) -> bytes:
    """Return a notebook with one text cell per source."""
    cells = [{"cell_type": "markdown", "source": source, "metadata": {}} for source in sources]
    return json.dumps(
        {"cells": cells, "metadata": extra, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Return the notebooks of the course."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "m1.ipynb").write_bytes(notebook("first"))
    return folder


@pytest.fixture
def own(tmp_path: Path, shipped: Path) -> Path:
    """Return the learner's folder after a first start."""
    folder = tmp_path / "own"
    assert refresh(shipped, folder) == []
    return folder


def visible(folder: Path) -> set[str]:
    """Return the names a learner sees in the folder."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def test_first_start_creates_the_folder(shipped: Path, own: Path) -> None:
    """The first start creates the folder with every notebook as shipped."""
    assert visible(own) == {"m1.ipynb"}
    assert (own / "m1.ipynb").read_bytes() == (shipped / "m1.ipynb").read_bytes()


def test_without_an_update_nothing_is_touched(shipped: Path, own: Path) -> None:
    """A start without an update leaves what the learner changed, and says nothing about it."""
    (own / "m1.ipynb").write_bytes(notebook("mine"))
    assert refresh(shipped, own) == []
    assert (own / "m1.ipynb").read_bytes() == notebook("mine")


def test_an_update_replaces_an_unchanged_notebook(shipped: Path, own: Path) -> None:
    """An update replaces a notebook in which only JupyterLab itself wrote outputs and metadata."""
    (own / "m1.ipynb").write_bytes(notebook("first", signature="by JupyterLab"))
    (shipped / "m1.ipynb").write_bytes(notebook("second"))
    assert refresh(shipped, own) == []
    assert (own / "m1.ipynb").read_bytes() == notebook("second")


def test_an_update_keeps_a_changed_notebook(shipped: Path, own: Path) -> None:
    """An update keeps a changed notebook, lays the new version beside it once, and says so in one
    sentence.
    """
    (own / "m1.ipynb").write_bytes(notebook("mine"))
    (shipped / "m1.ipynb").write_bytes(notebook("second"))
    (sentence,) = refresh(shipped, own)
    assert "m1 (new version).ipynb" in sentence
    assert refresh(shipped, own) == []
    assert (own / "m1.ipynb").read_bytes() == notebook("mine")
    assert (own / "m1 (new version).ipynb").read_bytes() == notebook("second")
    assert visible(own) == {"m1.ipynb", "m1 (new version).ipynb"}


def test_a_second_update_does_not_overwrite_the_first(shipped: Path, own: Path) -> None:
    """A new version that lies beside a changed notebook is the learner's too, and is never written
    over.
    """
    (own / "m1.ipynb").write_bytes(notebook("mine"))
    for version in ("second", "third"):
        (shipped / "m1.ipynb").write_bytes(notebook(version))
        refresh(shipped, own)
    assert (own / "m1 (new version).ipynb").read_bytes() == notebook("second")
    assert (own / "m1 (new version 2).ipynb").read_bytes() == notebook("third")


def test_a_deleted_notebook_comes_back(shipped: Path, own: Path) -> None:
    """A notebook that the learner deleted is there again after the next start."""
    (own / "m1.ipynb").unlink()
    assert refresh(shipped, own) == []
    assert visible(own) == {"m1.ipynb"}


@pytest.mark.parametrize("damage", [b"", b"not json", b"[1]", b'{"m1.ipynb": 3}'])
def test_a_damaged_manifest_loses_nothing(shipped: Path, own: Path, damage: bytes) -> None:
    """With a damaged manifest the learner's changed notebook is still kept."""
    (own / ".brmcourse.json").write_bytes(damage)
    (own / "m1.ipynb").write_bytes(notebook("mine"))
    refresh(shipped, own)
    assert (own / "m1.ipynb").read_bytes() == notebook("mine")


def test_a_damaged_notebook_is_kept(shipped: Path, own: Path) -> None:
    """A notebook that cannot be read counts as changed: it is kept, not replaced."""
    (own / "m1.ipynb").write_bytes(b"{ half a note")
    (shipped / "m1.ipynb").write_bytes(notebook("second"))
    assert len(refresh(shipped, own)) == 1
    assert (own / "m1.ipynb").read_bytes() == b"{ half a note"


def test_a_folder_that_cannot_be_written_is_one_sentence(shipped: Path, tmp_path: Path) -> None:
    """A folder that cannot be written gives one sentence that names it and says what to do."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotebooksError, match=r"cannot write.*file.*--dir"):
        refresh(shipped, tmp_path / "file" / "course")


def test_a_full_disk_leaves_the_old_notebook(
    shipped: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the old notebook stays whole and no half-written file is left."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    (shipped / "m1.ipynb").write_bytes(notebook("second"))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(NotebooksError, match="No space left"):
        refresh(shipped, own)
    assert (own / "m1.ipynb").read_bytes() == notebook("first")
    assert not list(own.glob(".*.new"))


def test_fingerprint_sees_sources_only() -> None:
    """Only the kinds and sources of cells count as a change, in either form nbformat allows."""
    as_list = json.loads(notebook("a\nb"))
    as_list["cells"][0]["source"] = ["a\n", "b"]
    as_list["cells"][0]["outputs"] = ["something"]
    assert fingerprint(json.dumps(as_list).encode()) == fingerprint(notebook("a\nb"))
    assert fingerprint(notebook("a")) != fingerprint(notebook("b"))
