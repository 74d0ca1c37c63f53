"""The shape of a policy profile. See `profile.Profile`; every value carries its citation."""

from casemgmt.policy.schema.profile import Profile

__all__ = ["Profile"]
