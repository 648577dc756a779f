"""Keeps every test, and every notebook that nbval runs, away from the answers of whoever runs them."""

import os
import tempfile
from pathlib import Path

os.environ["BRMCOURSE_STORE"] = str(Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite")
