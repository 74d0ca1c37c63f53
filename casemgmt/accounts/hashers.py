"""Password hashing outside production: the same algorithm, made cheap.

Forty demo accounts at the full cost take most of a minute on two cores; their
passwords are printed on the console anyway.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """Argon2 with the least work it allows; never in production."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
