"""How the trail's words about tasks and approvals are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("tasks", gettext_noop("the list of tasks"))
say("task", gettext_noop("a task"))
say("approvals", gettext_noop("the list of what waits for approval"))
say("mass-reading", gettext_noop("an alarm that somebody read many dossiers"))
