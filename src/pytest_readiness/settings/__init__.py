"""readiness.toml, read into the model; every mistake is one clear error."""
