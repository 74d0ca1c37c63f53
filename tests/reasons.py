"""Reading the "why?" of a page as a person does: what it says, where that stands, what was looked at."""

from __future__ import annotations

import re

from lxml import html

ARTICLE = re.compile(r"^((SH|SHC|VT|GT|BT)-\S+|Artikel \S+)")
USED = re.compile(r"^(Gebruikt|Used): *\S")


def reasons(page: str) -> list[tuple[list[str], bool, bool]]:
    """Each "why?" of a page: what it says, whether it names an article, and whether it names a fact."""
    found = []
    for body in html.fromstring(page).xpath("//details[contains(@class, 'why')]//div[@class='why-body']"):
        said = [" ".join(part.text_content().split()) for part in body.xpath("./p")]
        found.append((said, any(map(ARTICLE.match, said)), any(map(USED.match, said))))
    return found
