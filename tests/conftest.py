"""What every test of this project shares."""

from __future__ import annotations

import os
from importlib import import_module

pytest_plugins = ["pytester"]

# Inner pytest runs in this process restore sys.modules afterwards, so what they were the first to import is imported
# anew by the next one. That costs time, and cryptography does not survive it: its compiled half is loaded only once.
for name in ("cryptography.x509", "dns.asyncresolver", "httpx", "pydantic"):
    import_module(name)

# Inner runs have nothing to say on the page of the step in which this project is tested.
os.environ.pop("GITHUB_STEP_SUMMARY", None)
