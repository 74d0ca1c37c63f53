"""Verify a certificate of destruction, without database or services."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retention.certificates import verify


class Command(BaseCommand):
    """Ends with 0 for a genuine certificate, with 1 for any other, with 2 when a file cannot be read."""

    help = "Verify a certificate of destruction with the public keys of the installation. Needs no database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The certificate's file, the key's file, and how to answer."""
        parser.add_argument("file", metavar="FILE", help="the certificate as it was downloaded")
        parser.add_argument(
            "--key", metavar="PEMFILE", required=True, help="the installation's public key, or several in one file"
        )
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and say what it says."""
        document, key = _read(options["file"]), _read(options["key"])
        try:
            genuine = verify(document, key)
        except ValueError as error:
            self._say(options["json"], {"genuine": False, "error": str(error)}, str(error))
            sys.exit(1)
        content = genuine.content
        sentence = f"Genuine: {content['number']}, {content['organisation']}, made {content['made_at']}."
        told = {"genuine": True, "key": genuine.key, "content": content}
        self._say(options["json"], told, f"{sentence} Signed with key {genuine.key}.")

    def _say(self, as_json: bool, values: dict[str, Any], sentence: str) -> None:
        self.stdout.write(json.dumps(values, ensure_ascii=False) if as_json else sentence)


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {type(error).__name__}.", returncode=2) from error
