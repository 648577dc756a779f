"""Install the course into `.venv`, telling what happens: `python tools/install.py [--test]`.

Written for any Python 3, so that an old one can still read the sentence that it is too old.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
NEEDED = (3, 11)
NOT_OFFERED = "No matching distribution found"
UNREACHABLE = "Retrying ("
"""What pip says of a version that nobody offers for this computer and Python, and of no network."""


def main():
    """Install; return the exit code."""
    if sys.version_info < NEEDED:
        has = ".".join(map(str, sys.version_info[:3]))
        return fail(
            "The course needs Python {}.{} or newer; this is Python {}.".format(*NEEDED, has)
        )
    python = (
        os.path.join(VENV, "Scripts", "python.exe")
        if os.name == "nt"
        else os.path.join(VENV, "bin", "python")
    )
    if not os.path.exists(python):
        print("Making a place for the course in .venv ...", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", VENV]):
            return fail(
                "Python cannot make a virtual environment here. "
                "On Debian: sudo apt install python3-venv"
            )
    print(
        "Fetching JupyterLab and what else the course stands on. This takes a minute or two.",
        flush=True,
    )
    failure = fetch([python, "-m", "pip", "install", "--disable-pip-version-check"])
    if failure:
        return fail(failure + "The course could not be installed; the lines above say why.")
    # Done once here, or else each page of the course does it anew where Python may not write beside
    # its files.
    subprocess.call([python, "-m", "compileall", "-q", os.path.join(ROOT, "brmcourse")])
    print("The course is installed.", flush=True)
    return 0


def fetch(pip):
    """Install the versions that were tested, or others if need be; return why it failed."""
    test = "--test" in sys.argv
    lock = "requirements-test.lock" if test else "requirements.lock"
    failure = install([*pip, "--require-hashes", "--requirement", lock])
    if not failure:
        return install([*pip, "--no-deps", "--editable", "."])
    # A download other than the locked one ends here; only a version that nobody offers is replaced.
    if NOT_OFFERED not in failure or UNREACHABLE in failure:
        return failure
    print(
        "Not all that the course was tested with is offered for this computer and Python. "
        "Taking other versions, which should do as well. Remember this if something looks wrong.",
        flush=True,
    )
    return install([*pip, "--editable", ".[test]" if test else "."])


def install(command):
    """Run pip, showing a short line for each package; return its last lines if it failed."""
    pip = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    said = []
    for line in pip.stdout:
        said.append(line)
        if line.startswith("Collecting "):
            print("  " + re.match(r"[\w.-]+", line.split()[1]).group(), flush=True)
    return "".join(said[-20:]) if pip.wait() else ""


def fail(sentence):
    """Say what is wrong; return the exit code for it."""
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
