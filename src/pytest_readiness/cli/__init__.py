"""``pytest-readiness``: a thin command for what is not a test run."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from pytest_readiness import __version__
from pytest_readiness.model.exceptions import ReadinessError

INTERRUPTED = 130
BAD_CONFIGURATION = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        argv: The words after the command; None for the process's own.
    """
    options = _parser().parse_args(argv)
    # A pipeline ends a step with SIGTERM: what is open is closed then as on Ctrl-C.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status: int = options.command(options)
    except ReadinessError as error:
        print(f"pytest-readiness: {error}", file=sys.stderr)
        return BAD_CONFIGURATION
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pytest-readiness",
        description="Companion of the pytest plugin: `pytest --readiness=TARGET` is the run itself.",
    )
    parser.add_argument("--version", action="version", version=f"pytest-readiness {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    demo = commands.add_parser("demo", help="judge an example service on this machine, a good and a flawed one")
    demo.add_argument("--keep", metavar="DIR", type=Path, help="write the example project there and leave it")
    demo.add_argument(
        "--serve", action="store_true", help="keep the service up afterwards, to try commands in the project folder"
    )
    demo.add_argument("arguments", nargs="*", metavar="PYTEST_ARGUMENT", help="passed on to pytest, after --")
    demo.set_defaults(command=_demo)

    init = commands.add_parser("init", help="write a commented readiness.toml for the service at a URL")
    init.add_argument("url", metavar="URL", help="where visitors go, https://…")
    init.add_argument("--name", default="prod", help="what to call the target (default: prod)")
    init.add_argument("--file", type=Path, default=Path("readiness.toml"), help="where to write (default: %(default)s)")
    init.add_argument("--ca-file", metavar="PEM", help="authorities to trust in place of the system's")
    init.add_argument("--force", action="store_true", help="replace the file if it is there")
    init.set_defaults(command=_init)

    schema = commands.add_parser("schema", help="print a JSON Schema")
    schema.add_argument(
        "of", nargs="?", choices=("readiness.toml", "report"), default="readiness.toml", help="default: %(default)s"
    )
    schema.set_defaults(command=_schema)

    keygen = commands.add_parser("keygen", help="make a pair of keys to sign statements with")
    keygen.add_argument(
        "--algorithm", choices=("ed25519", "ecdsa-p256"), default="ed25519", help="default: %(default)s"
    )
    keygen.add_argument(
        "--out", metavar="NAME", type=Path, default=Path("readiness"), help="writes NAME.key and NAME.pub: %(default)s"
    )
    keygen.set_defaults(command=_keygen)

    verify = commands.add_parser("verify", help="check a signed statement, offline: 0 holds, 1 does not and says why")
    verify.add_argument("file", metavar="FILE", type=Path, help="what --readiness-report=….intoto.json wrote")
    verify.add_argument(
        "--key", metavar="PUB", type=Path, action="append", default=[], help="public key, PEM; repeatable: any may sign"
    )
    verify.add_argument("--target", metavar="TARGET", help="the target that must be ready")
    verify.add_argument("--release", metavar="DIGEST", help="what is to go out: sha256:… or a full commit id")
    verify.add_argument("--max-age", metavar="DURATION", default="24h", help="since the run began (default: 24h)")
    verify.add_argument("--verdict", default="ready", help="ready (default) or ready-with-waivers")
    verify.set_defaults(command=_verify)
    return parser


def _demo(options: argparse.Namespace) -> int:
    from pytest_readiness.cli.demo import run

    return run(keep=options.keep, serve=bool(options.serve), arguments=options.arguments)


def _init(options: argparse.Namespace) -> int:
    from pytest_readiness.cli.init import run

    return run(options.url, name=options.name, file=options.file, ca_file=options.ca_file, replace=bool(options.force))


def _keygen(options: argparse.Namespace) -> int:
    from pytest_readiness.cli.keygen import run

    return run(algorithm=options.algorithm, out=options.out)


def _verify(options: argparse.Namespace) -> int:
    from pytest_readiness.cli.verify import run

    return run(
        options.file,
        public_keys=options.key,
        target=options.target,
        release=options.release,
        max_age=options.max_age,
        verdict=options.verdict,
    )


def _schema(options: argparse.Namespace) -> int:
    import json

    if options.of == "report":
        from pytest_readiness.reporting.json_report import SCHEMA

        print(json.dumps(SCHEMA, indent=2))
    else:
        from pytest_readiness.settings.schema import json_schema

        print(json.dumps(json_schema(), indent=2))
    return 0
