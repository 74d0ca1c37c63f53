"""The folder requests/ may never hide the HTTP library of that name, on which OpenID Connect depends."""

import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]


def test_the_folder_holds_one_package_and_a_note() -> None:
    found = {path.name for path in (ROOT / "requests").iterdir() if path.name != "__pycache__"}
    assert found == {"README.md", "client_requests"}


def test_requests_is_the_http_library() -> None:
    assert not (ROOT / "requests/__init__.py").exists()
    assert requests.__file__ in {str(path.locate()) for path in files("requests") or ()}
    assert callable(requests.get)


def test_it_is_so_for_a_process_started_in_the_checkout() -> None:
    """The first entry of the path is then the checkout itself."""
    asked = "import requests, sys; sys.exit(not hasattr(requests, 'Session'))"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0
