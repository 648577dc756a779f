"""The learner's own copy of the notebooks: made once, kept up to date, never written over."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from brmcourse.errors import NotebooksError

MANIFEST = ".brmcourse.json"


def refresh(shipped: Path, folder: Path) -> list[str]:
    """Bring `folder` up to date with the notebooks in `shipped`.

    Returns one sentence per notebook that was kept as the learner has it. Raises NotebooksError
    when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        manifest = _read_manifest(folder)
        sentences: list[str] = []
        for notebook in sorted(shipped.glob("*.ipynb")):
            sentences += _refresh_one(notebook, folder, manifest)
        _write(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    except OSError as problem:
        raise NotebooksError(
            f'The course cannot write to the folder "{folder}" ({problem.strerror or problem}). '
            "Choose another one with --dir, or make room in it, and start again."
        ) from problem
    return sentences


def _refresh_one(notebook: Path, folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Copy one notebook where that loses nothing; yield a sentence if the learner's was kept."""
    content = notebook.read_bytes()
    shipped = {"file": hashlib.sha256(content).hexdigest(), "sources": fingerprint(content)}
    known = manifest.get(notebook.name, {})
    own = folder / notebook.name
    manifest[notebook.name] = shipped
    if not own.exists():
        _write(own, content)
        return
    if known.get("file") == shipped["file"]:
        return
    ours = {shipped["sources"], known.get("sources")}
    if fingerprint(own.read_bytes()) in ours:
        _write(own, content)
        return
    beside = _free_name(own)
    _write(beside, content)
    kept = f'You changed "{own.name}", so it was kept'
    yield f'{kept}; the new version is beside it as "{beside.name}".'


def fingerprint(content: bytes) -> str:
    """Return a hash of the cells' kinds and sources only.

    JupyterLab rewrites outputs and metadata by itself; that is no change by the learner.
    """
    try:
        notebook = json.loads(content)
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _free_name(own: Path) -> Path:
    beside = own.with_stem(f"{own.stem} (new version)")
    number = 2
    while beside.exists():
        beside = own.with_stem(f"{own.stem} (new version {number})")
        number += 1
    return beside


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return what was shipped last time: nothing if the manifest is missing or damaged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(manifest, dict):
        return {}
    return {name: entry for name, entry in manifest.items() if isinstance(entry, dict)}


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or nothing: a full disk must not leave half a notebook."""
    if path.exists() and path.read_bytes() == content:
        return
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
