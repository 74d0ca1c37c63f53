"""How the trail's words about dossiers are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("timeline", gettext_noop("the timeline"))
say("latest", gettext_noop("the latest entries"))
say("people", gettext_noop("who is in the dossier"))
say("person", gettext_noop("a person in the dossier"))
say("entry", gettext_noop("an entry"))
say("entry-form", gettext_noop("the form for an entry"))
say("draft", gettext_noop("an entry that is not finished"))
say("versions", gettext_noop("earlier wordings"))
say("notes", gettext_noop("own working notes"))
say("address", gettext_noop("a secret address"), gettext_noop("contact details"))
say("access", gettext_noop("who may look"))
say("assignment", gettext_noop("access of a colleague"))
say("dossier", gettext_noop("the dossier"))
say("orphan-key", gettext_noop("a key without a dossier"))
say("orphan-keys", gettext_noop("keys without a dossier"))
say("lost-keys", gettext_noop("dossiers without a key"))
say("worklist", gettext_noop("the worklist"))
say("name", gettext_noop("what was found by a name"))
say("number", gettext_noop("what was found by a number"))
say("bsn", gettext_noop("what was found by a BSN"))
