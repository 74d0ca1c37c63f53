"""How the trail's words about disclosures are said to people.

To staff each word says what it is. To the client every one is "the dossier" or
"a list": telling may be put off where it is dangerous, and a plan or a refusal
is nobody's but the staff's, so who looked may not give it away. What left is
told by its letter and by the register, once it may be told.
"""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

_DOSSIER = gettext_noop("the dossier")
_LIST = gettext_noop("a list")

say("disclosures", gettext_noop("the list of data for others"), _LIST)
say("disclosure", gettext_noop("data for others"), _DOSSIER)
say("disclosure-new", gettext_noop("the form for giving data to others"), _DOSSIER)
say("disclosure-register", gettext_noop("who received data"), _DOSSIER)
say("disclosure-package", gettext_noop("the papers for the receiver"), _DOSSIER)
say("disclosure-print-again", gettext_noop("the papers for the receiver"), _DOSSIER)
say("disclosure-proposed", gettext_noop("a plan to give data to others"), _DOSSIER)
say("disclosure-reviewed", gettext_noop("a look afterwards at data that were handed over"), _DOSSIER)
say("disclosure-assessed", gettext_noop("whether data may go to others"), _DOSSIER)
say("disclosure-asked", gettext_noop("the question to approve it"), _DOSSIER)
say("disclosure-question", gettext_noop("the question to decide without consent"), _DOSSIER)
say("disclosure-answered", gettext_noop("the answer to that question"), _DOSSIER)
say("disclosure-approved", gettext_noop("the approval to give data to others"), _DOSSIER)
say("disclosure-refused", gettext_noop("the refusal to give data to others"), _DOSSIER)
say("disclosure-withdrawn", gettext_noop("the plan to give data to others, stopped"), _DOSSIER)
say("disclosure-voided", gettext_noop("an approval that no longer counts"), _DOSSIER)
say("disclosure-handed-over", gettext_noop("data that were handed over"), _DOSSIER)
say("disclosure-informed", gettext_noop("telling whom it is about"), _DOSSIER)
say("disclosure-informing-deferred", gettext_noop("telling whom it is about, later"), _DOSSIER)
say("disclosure-closed", gettext_noop("giving data to others, finished"), _DOSSIER)
