"""The example project and the embedded service behind `pytest-readiness demo`."""
