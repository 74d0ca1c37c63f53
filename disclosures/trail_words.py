"""How the trail's words about disclosures are said to staff; to a client no more than the dossier or a list.

Telling may be put off where it is dangerous, and a plan or a refusal is nobody's
but the staff's. What left is told by its letter and by the register, once it may be told.
"""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("disclosures", gettext_noop("the list of data for others"))
say("disclosure", gettext_noop("data for others"))
say("disclosure-new", gettext_noop("the form for giving data to others"))
say("disclosure-register", gettext_noop("who received data"))
say("disclosure-package", gettext_noop("the papers for the receiver"))
say("disclosure-print-again", gettext_noop("the papers for the receiver"))
say("disclosure-proposed", gettext_noop("a plan to give data to others"))
say("disclosure-reviewed", gettext_noop("a look afterwards at data that were handed over"))
say("disclosure-assessed", gettext_noop("whether data may go to others"))
say("disclosure-asked", gettext_noop("the question to approve it"))
say("disclosure-question", gettext_noop("the question to decide without consent"))
say("disclosure-answered", gettext_noop("the answer to that question"))
say("disclosure-approved", gettext_noop("the approval to give data to others"))
say("disclosure-refused", gettext_noop("the refusal to give data to others"))
say("disclosure-withdrawn", gettext_noop("the plan to give data to others, stopped"))
say("disclosure-voided", gettext_noop("an approval that no longer counts"))
say("disclosure-handed-over", gettext_noop("data that were handed over"))
say("disclosure-informed", gettext_noop("telling whom it is about"))
say("disclosure-informing-at-once", gettext_noop("telling whom it is about, with the hand-over after all"))
say("disclosure-informing-deferred", gettext_noop("telling whom it is about, later"))
say("disclosure-closed", gettext_noop("giving data to others, finished"))
