"""How the trail's words about dossiers are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say, say_to_all

say_to_all("timeline", gettext_noop("the timeline"))
say_to_all("latest", gettext_noop("the latest entries"))
say_to_all("people", gettext_noop("who is in the dossier"))
say("person", gettext_noop("a person in the dossier"))
say("capacity", gettext_noop("whether a client can weigh own interests"))
say_to_all("entry", gettext_noop("an entry"))
say_to_all("entry-form", gettext_noop("the form for an entry"))
say_to_all("draft", gettext_noop("an entry that is not finished"))
say_to_all("versions", gettext_noop("earlier wordings"))
say("notes", gettext_noop("own working notes"))
say("address", gettext_noop("a secret address"))
say("person-bsn", gettext_noop("somebody's BSN"))
say("contact", gettext_noop("contact details"))
say("access", gettext_noop("who may look"))
say("assignment", gettext_noop("access of a colleague"))
say_to_all("dossier", gettext_noop("the dossier"))
say("stray-files", gettext_noop("files that belong to nothing"))
say("search-tokens", gettext_noop("by what names are found"))
say("orphan-key", gettext_noop("a key without a dossier"))
say("orphan-keys", gettext_noop("keys without a dossier"))
say("lost-keys", gettext_noop("dossiers without a key"))
say_to_all("worklist", gettext_noop("the worklist"))
say_to_all("name", gettext_noop("what was found by a name"))
say_to_all("number", gettext_noop("what was found by a number"))
say_to_all("bsn", gettext_noop("what was found by a BSN"))
