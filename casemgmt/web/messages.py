"""English msgids from code and templates, Dutch texts in one file per package.

Each package has its own `locale/nl/parts/<package>.po`, so that people who work side by side never edit the same file;
the parts are merged when the catalogue is compiled. Needs no Django: `python -m casemgmt.web.messages`.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "nl"
SOURCES = (
    "casemgmt",
    "dossiers",
    "consent",
    "registers",
    "disclosures",
    "retention",
    "requests",
    "portal",
    "api",
    "demo",
)
# Folders of templates that are named after what they are, not after the package that owns them.
TEMPLATE_OWNERS = {
    **dict.fromkeys(("layouts", "components", "errors", "gallery"), "web"),
    "front": "casemgmt",
    **dict.fromkeys(("account", "mfa", "socialaccount", "usersessions", "allauth"), "accounts"),
}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
JINJA_OPTIONS = {"newstyle_gettext": "true", "trimmed": "false", "extensions": "jinja2.ext.do", "silent": "false"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
_PLURAL_FORMS = "nplurals=2; plural=(n != 1);"

Key = tuple[str | None, str, str | None]


@dataclass(frozen=True)
class Message:
    """One text as the code has it: context, singular, plural."""

    context: str | None
    singular: str
    plural: str | None

    @property
    def key(self) -> tuple[str | None, str]:
        """What gettext looks a text up by."""
        return (self.context, self.singular)


Texts = dict[tuple[str | None, str], tuple[str, ...]]


def main(arguments: list[str]) -> int:
    """Update the parts named (default: all) and compile; with --check change nothing and complain instead."""
    check, compile_only = "--check" in arguments, "--compile" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    if check:
        faults = problems(ROOT)
        print("\n".join(faults) or "Every text has its Dutch.")
        return 1 if faults else 0
    if not compile_only:
        for line in update(ROOT, names):
            print(line)
    compile_catalogue(ROOT)
    return 0


def update(root: Path, names: Iterable[str] = ()) -> Iterator[str]:
    """Write each part anew from the sources, keeping its Dutch and borrowing that of other parts."""
    wanted = set(names)
    borrowed: Texts = {}
    for texts in _all_parts(root).values():
        borrowed.update({key: text for key, text in texts.items() if all(text)})
    for package, messages in sorted(extract(root).items()):
        if wanted and package not in wanted:
            continue
        own = {**borrowed, **{key: text for key, text in read_part(root, package).items() if all(text)}}
        _write(_part(root, package), part_text(messages, own))
        missing = sum(1 for message in messages if not all(own.get(message.key, ("",))))
        yield f"{package}: {len(messages)} texts, {missing} without Dutch"


def problems(root: Path) -> list[str]:
    """Name what is not as it should be: outdated parts, missing Dutch, lost placeholders, one text said in two ways."""
    found: list[str] = []
    said: Texts = {}
    extracted = extract(root)
    for package, messages in sorted(extracted.items()):
        own = read_part(root, package)
        if {message.key for message in messages} != set(own):
            found.append(f"{package}: the part is outdated; run `manage.py messages {package}`")
        for message in messages:
            found += _text_problems(package, message, own.get(message.key, ("",)), said)
    strays = {path.stem for path in _parts_folder(root).glob("*.po")} - set(extracted)
    return found + [f"{name}: no source uses this part; remove it" for name in sorted(strays)]


def compile_catalogue(root: Path) -> Path:
    """Merge the parts and write the catalogue that Django reads."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    catalogue = Catalog(locale=LANGUAGE, charset="utf-8")
    for path in sorted(_parts_folder(root).glob("*.po")):
        for message in _catalogue(path):
            dutch = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
            if message.id and all(dutch) and not message.fuzzy:
                catalogue.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    _write(catalogue_path(root), buffer.getvalue())
    return catalogue_path(root)


def is_stale(root: Path) -> bool:
    """Say whether a part is newer than the compiled catalogue."""
    compiled = catalogue_path(root)
    if not compiled.exists():
        return True
    return any(part.stat().st_mtime > compiled.stat().st_mtime for part in _parts_folder(root).glob("*.po"))


def catalogue_path(root: Path) -> Path:
    """Give the place of the compiled catalogue; it is not committed."""
    return root / "locale" / LANGUAGE / "LC_MESSAGES" / "django.mo"


def extract(root: Path) -> dict[str, list[Message]]:
    """Read every text from the sources, by package, sorted."""
    found: dict[str, dict[tuple[str | None, str], Message]] = {}
    for path in _files(root):
        for message in _messages_of(path):
            texts = found.setdefault(owner(path.relative_to(root)), {})
            known = texts.get(message.key)
            if known is None or (message.plural and not known.plural):
                texts[message.key] = message
    return {name: sorted(texts.values(), key=lambda m: (m.singular, m.context or "")) for name, texts in found.items()}


def owner(path: Path) -> str:
    """Name the package whose part holds the texts of a file."""
    parts = path.parts
    if parts[0] == "templates":
        return TEMPLATE_OWNERS.get(parts[1], parts[1]) if len(parts) > 2 else "web"
    if parts[0] in ("casemgmt", "requests") and len(parts) > 2:
        return parts[1]
    return parts[0]


def read_part(root: Path, package: str) -> Texts:
    """Read the Dutch of one package."""
    texts: Texts = {}
    for message in _catalogue(_part(root, package)):
        if message.id:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            dutch = (message.string,) if isinstance(message.string, str) else tuple(message.string)
            texts[(message.context, singular)] = ("",) if message.fuzzy else dutch
    return texts


def part_text(messages: Iterable[Message], texts: Texts) -> str:
    """Write a part: no dates and no line numbers, so that a change shows only what changed."""
    lines = ['msgid ""', 'msgstr ""', _quoted("Content-Type: text/plain; charset=UTF-8\n")]
    lines += [_quoted(f"Language: {LANGUAGE}\n"), _quoted(f"Plural-Forms: {_PLURAL_FORMS}\n"), ""]
    for message in messages:
        dutch = texts.get(message.key, ("",))
        if message.context:
            lines.append(f"msgctxt {_quoted(message.context)}")
        lines.append(f"msgid {_quoted(message.singular)}")
        if message.plural:
            forms = (*dutch, "", "")[:2] if len(dutch) > 1 or not dutch[0] else (dutch[0], dutch[0])
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(dutch[0])}")
        lines.append("")
    return "\n".join(lines)


def _catalogue(path: Path) -> Iterable[Any]:
    from babel.messages.pofile import read_po

    if not path.exists():
        return ()
    with path.open("rb") as source:
        return list(read_po(source, locale=LANGUAGE))


def _messages_of(path: Path) -> Iterator[Message]:
    from babel.messages.extract import extract as babel_extract

    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    options: Any = {} if path.suffix == ".py" else JINJA_OPTIONS
    with path.open("rb") as source:
        for _line, text, _comments, context in babel_extract(method, source, KEYWORDS, (), options):
            singular = text if isinstance(text, str) else text[0]
            plural = None if isinstance(text, str) else text[1]
            if singular:
                yield Message(context, singular, plural)


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        yield from (path for path in sorted((root / source).rglob("*.py")) if "__pycache__" not in path.parts)
    for pattern in ("*.html", "*.txt"):
        yield from sorted((root / "templates").rglob(pattern))


def _text_problems(package: str, message: Message, dutch: tuple[str, ...], said: Texts) -> list[str]:
    if not all(dutch):
        return [f"{package}: no Dutch for {message.singular!r}"]
    found: list[str] = []
    wanted = set(_PLACEHOLDER.findall(message.plural or message.singular))
    if any(set(_PLACEHOLDER.findall(form)) - wanted for form in dutch) or wanted - set(_PLACEHOLDER.findall(dutch[-1])):
        found.append(f"{package}: other placeholders in the Dutch of {message.singular!r}")
    if said.setdefault(message.key, dutch)[0] != dutch[0]:
        found.append(
            f"{package}: {message.singular!r} has another Dutch in another package; use pgettext for one of them"
        )
    return found


def _all_parts(root: Path) -> dict[str, Texts]:
    return {path.stem: read_part(root, path.stem) for path in sorted(_parts_folder(root).glob("*.po"))}


def _parts_folder(root: Path) -> Path:
    return root / "locale" / LANGUAGE / "parts"


def _part(root: Path, package: str) -> Path:
    return _parts_folder(root) / f"{package}.po"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _write(path: Path, content: str | bytes) -> None:
    """Replace a file in one step, and leave it alone when nothing changed, so that nobody reads half of it."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data:
        # Touched all the same: a part that was written again unchanged must not look newer for ever.
        os.utime(path) if path.suffix == ".mo" else None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
