"""Rules of the house: public names, layers, derived files, declared packages, sizes."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

import brmcourse
from brmcourse.content.yaml import read_source
from brmcourse.paths import course_root
from tools.schemas import MODELS, schema

ROOT = course_root()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_public_names() -> None:
    """A notebook needs these names and no others: one for each activity."""
    assert brmcourse.__all__ == [
        "capstone",
        "converse",
        "drawing",
        "example",
        "journal",
        "mirror",
        "plan",
        "profile",
        "proposal",
        "quiz",
        "reflect",
        "rehearse",
        "review",
        "scale",
        "sheet",
        "values",
    ]
    assert all(callable(getattr(brmcourse, name)) for name in brmcourse.__all__)
    with pytest.raises(AttributeError):
        _ = brmcourse.nothing


def test_imports_point_down() -> None:
    """Every import inside the package points down the layers declared in pyproject.toml."""
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout


def test_heavy_packages_stay_out() -> None:
    """Showing an activity imports neither pandas nor matplotlib nor numpy, nor what makes a PDF."""
    code = (
        "import sys; from brmcourse import quiz; quiz('m1'); "
        "heavy = ('pandas', 'matplotlib', 'numpy', 'weasyprint'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip().endswith("[]")


@pytest.mark.parametrize("name", MODELS)
def test_schemas_are_current(name: str) -> None:
    """The schemas that editors use are those of the model: run `make schemas`."""
    assert (ROOT / "data" / "schemas" / f"{name}.schema.json").read_text("utf-8") == schema(
        MODELS[name]
    )


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data").rglob("*.yaml")), ids=lambda path: path.stem
)
def test_content_names_its_schema(path: Path) -> None:
    """Every content file names its schema in the first line, and fits it."""
    line = path.read_text("utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", line)
    assert match
    described = json.loads((path.parent / match[1]).read_text("utf-8"))
    jsonschema.validate(read_source(path, path.name).data, described)


def test_conda_and_pip_agree() -> None:
    """environment.yml asks for what pyproject.toml asks for, in the same versions."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = {entry for entry in listed if isinstance(entry, str)}
    conda |= {entry for part in listed if isinstance(part, dict) for entry in part["pip"]}
    project = PROJECT["project"]
    pip = {*project["dependencies"], *project["optional-dependencies"]["test"]}
    conda_names = {"matplotlib": "matplotlib-base", "types-PyYAML": "types-pyyaml"}
    named = (re.fullmatch(r"([\w.-]+)(.*)", entry).groups() for entry in pip)
    asked = {conda_names.get(name, name) + bounds for name, bounds in named}
    assert conda - {"pip"} == asked | {f"python{project['requires-python']}"}


def test_python_versions_agree() -> None:
    """The installer refuses exactly the versions that pyproject.toml excludes."""
    wanted = re.search(
        r"NEEDED = \((\d+), (\d+)\)", (ROOT / "tools" / "install.py").read_text("utf-8")
    )
    assert wanted
    assert PROJECT["project"]["requires-python"] == f">={wanted[1]}.{wanted[2]}"


def test_old_python_gets_a_sentence(tmp_path: Path) -> None:
    """An old Python is told in one sentence which version is needed."""
    code = "import sys; sys.version_info = (3, 8, 1); sys.argv = ['install']; import runpy; "
    code += f"runpy.run_path({str(ROOT / 'tools' / 'install.py')!r}, run_name='__main__')"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr == "The course needs Python 3.11 or newer; this is Python 3.8.1.\n"


def test_bridge_stays_small() -> None:
    """The browser's side stays at 160 lines."""
    assert (ROOT / "brmcourse" / "browser" / "bridge.js").read_text("utf-8").count("\n") <= 160


def test_no_address_in_what_is_served() -> None:
    """Nothing that reaches a learner's browser names an address outside this machine."""
    served = [
        p for p in (ROOT / "brmcourse").rglob("*") if p.suffix in {".html", ".css", ".js", ".j2"}
    ]
    assert served
    for path in served:
        for url in re.findall(r"https?://[\w./-]+", path.read_text("utf-8")):
            assert url.startswith(("http://www.w3.org/", "http://127.0.0.1")), f"{path}: {url}"


def test_every_command_is_in_the_readme() -> None:
    """Every command and option of `brmcourse` is in the README."""
    readme = (ROOT / "README.md").read_text("utf-8")
    source = (ROOT / "brmcourse" / "cli.py").read_text("utf-8")
    names = re.findall(r'add_parser\("(\w+)"', source)
    options = re.findall(r'add_argument\("(--[\w-]+)"', source)
    assert names
    for name in (*(f"brmcourse {name}" for name in names), *options):
        assert name in readme, name
