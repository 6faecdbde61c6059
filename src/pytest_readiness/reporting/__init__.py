"""Shows a run: in the terminal, in files that pipelines read."""
