"""Write a JSON Schema for each kind of content file: `python tools/schemas.py`.

Editors complete and check by them.
"""

import json
import sys
from pathlib import Path

from brmcourse.content.library import kinds
from brmcourse.model.base import Content

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "data" / "schemas"

MODELS: dict[str, type[Content]] = {
    place.removesuffix(".yaml"): model for place, model in kinds().items()
}
"""What each schema describes: a folder below `data/`, or a single file."""


def schema(model: type[Content]) -> str:
    """Return the JSON Schema of one kind of file, as text."""
    return json.dumps(model.model_json_schema(by_alias=True), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write every schema; say which."""
    FOLDER.mkdir(exist_ok=True)
    for name, model in MODELS.items():
        target = FOLDER / f"{name}.schema.json"
        target.write_text(schema(model), encoding="utf-8")
        print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
