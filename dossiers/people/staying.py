"""Why somebody must stay a client for now: what runs about them asks who is a client and who acts for them.

The packages to our right say what of theirs still runs. They are asked inside the act that would end it, after the
dossier was locked; whatever begins about a client takes that same lock, so nothing begins in between.
"""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base.errors import Conflict
from casemgmt.base.registries import Registry
from casemgmt.organisations.actors import Actor
from dossiers.models import Dossier, Person

# Given the dossier, somebody in it, what they would become and who asks: what of a package runs about them and what
# to do first, in a sentence. NOT_FOR_THEM when that is not for who asks to know; None when nothing runs.
Keeps = Callable[[Dossier, UUID, str, Actor], str | None]
keeps: Registry[Keeps] = Registry("what keeps somebody a client")
NOT_FOR_THEM = ""


def look_at_what_runs(dossier: Dossier, person: Person, role: str, by: Actor) -> None:
    """Raise Conflict, at the field of the role, while something runs about a client who would be ``role`` instead.

    Its page would be there for nobody then, and nobody could finish it. Whoever may not see it reads only that
    something runs, the same for each package.
    """
    found = [said for _name, ask in keeps if (said := ask(dossier, person.id, role, by)) is not None]
    if not found:
        return
    told = [said for said in found if said != NOT_FOR_THEM]
    if len(told) < len(found):
        told.append(
            _(
                "A disclosure or a request about this person still runs."
                " Ask a colleague who works with disclosures and requests to finish or stop it first."
            )
        )
    raise Conflict(" ".join((_("This person must stay a client for now."), *told)), field="role")
