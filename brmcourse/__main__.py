"""`python -m brmcourse` is the command `brmcourse`."""

import sys

from brmcourse.cli import main

sys.exit(main())
