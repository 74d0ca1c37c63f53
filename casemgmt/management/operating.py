"""What the operator's commands share: one sentence when it cannot be, English words, JSON for programs.

Exit codes: 0 done, 2 it could not be carried out; nothing was changed then.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.forms import Form
from django.utils import translation

from casemgmt.base.errors import NotThere, Refusal
from casemgmt.organisations.asked import CANNOT


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn what an act refuses into the sentence that the operator reads."""
    with translation.override("en"):
        try:
            yield
        except Refusal as refused:
            raise CommandError(refused.sentence, returncode=CANNOT) from refused
        except NotThere as error:
            raise CommandError("There is no such account in that organisation.", returncode=CANNOT) from error


def valid(form: Form) -> dict[str, Any]:
    """What a form holds; CommandError with its first sentence when it is not right."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise CommandError(f"--{name}: {errors[0]}", returncode=CANNOT)
    return form.cleaned_data


def said(told: dict[str, Any], sentence: str, *, as_json: bool) -> str:
    """What was done, for a program or for a person."""
    return json.dumps(told, ensure_ascii=False) if as_json else sentence
