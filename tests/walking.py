"""Reading a long list as somebody does: the page, and the next part for as long as there is one."""

import html
import re
from typing import Any

NEXT = re.compile(r'<a[^>]*href="([^"]*)"[^>]*rel="next"')


def ways(page: str) -> list[str]:
    """Where a page says that it goes on: one for each of its lists that does."""
    return [html.unescape(one) for one in NEXT.findall(page)]


def walk(client: Any, address: str, wanted: str) -> list[str]:
    """Everything that ``wanted`` finds on a page and on all that it leads to, in the order of reading."""
    found: list[str] = []
    waiting = [address]
    for here in waiting:  # which grows while it is walked
        answer = client.get(here)
        assert answer.status_code == 200, here
        page = answer.content.decode()
        found += re.findall(wanted, page[page.index("<main") : page.index("</main")])
        waiting += [one for one in ways(page) if one not in waiting]
    return found
