"""``python -m pytest_readiness.cli``: the same command where no script is on the path."""

from __future__ import annotations

import sys

from pytest_readiness.cli import main

sys.exit(main())
