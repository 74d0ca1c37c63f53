"""Which kinds of task there are: every package names its own, with the group it is drawn in."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop

from casemgmt.base.registries import Registry


class Group(StrEnum):
    """The three sorts of work that a chart can tell apart."""

    ASK = "ask"
    WRITE = "write"
    KEEP = "keep"


GROUP_LABELS = {
    Group.ASK: gettext_noop("request or consent"),
    Group.WRITE: gettext_noop("plan or report"),
    Group.KEEP: gettext_noop("keeping"),
}


@dataclass(frozen=True, slots=True)
class TaskKind:
    """One kind of task; ``label`` is an English msgid, shown where the task's own words may not be read.

    ``managed_on`` names the page on which whoever manages the team finds the late work of one colleague, where
    the page that does it is not theirs.
    """

    name: str
    label: str
    group: Group
    icon: str = "checklist"
    managed_on: str = ""


kinds: Registry[TaskKind] = Registry("task kind")


def task_kind(name: str, label: str, group: Group | str, icon: str = "checklist", managed_on: str = "") -> TaskKind:
    """Name a kind of task; called from an AppConfig's ready() with ``gettext_noop("…")`` as label."""
    if name in kinds:
        return kinds.get(name)
    return kinds.add(name, TaskKind(name, label, Group(group), icon, managed_on))


def group_labels() -> tuple[str, ...]:
    """The names of the groups in the order in which they are drawn."""
    return tuple(gettext(GROUP_LABELS[group]) for group in Group)
