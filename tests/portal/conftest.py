"""The same house, seen from the portal."""

from tests.client_requests.conftest import house, now, own_circumstances

__all__ = ["house", "now", "own_circumstances"]
