"""How the trail's words about tasks and approvals are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("tasks", gettext_noop("the list of tasks"))
say("task", gettext_noop("a task"))
# To a client no more than a list: what waits may be a plan of which telling was put off.
say("approvals", gettext_noop("the list of what waits for approval"), gettext_noop("a list"))
