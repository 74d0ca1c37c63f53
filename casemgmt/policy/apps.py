"""Registers the package with Django, and answers what lower packages ask of the rules."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Profiles and rules; the versions an organisation worked under, works under and will work under."""

    name = "casemgmt.policy"
    label = "policy"

    def ready(self) -> None:
        """Give actors capabilities, templates nouns, sessions limits, the menu its page and the queue its work."""
        from django.utils.translation import gettext_noop

        from casemgmt.organisations.actors import provide_capabilities, provide_supervised
        from casemgmt.organisations.roles import provide_roles
        from casemgmt.policy import citing, roles, sign_in, simulation, words
        from casemgmt.web import navigation
        from casemgmt.web.routes import Needs

        provide_capabilities(words.role_capabilities)
        provide_supervised(words.supervised_roles)
        provide_roles(roles.roles_on, roles.kept_apart)
        words.install()
        citing.install()
        sign_in.install()
        simulation.install()
        navigation.item(
            gettext_noop("Rules"), "scale", "policy:rules", 60, needs=Needs.capability("policy.read"), key="r"
        )
