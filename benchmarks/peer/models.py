"""A dossier with a plain name, and a row for each look."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Dossier(models.Model):
    """One dossier; who may see it stands in guardian's tables, by team and by person."""

    organisation = models.IntegerField()
    team = models.IntegerField()
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    clients = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    objects: ClassVar[models.Manager[Dossier]] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-opened_at", "-id"], name="peer_newest"),
            models.Index(fields=["organisation", "team", "-opened_at", "-id"], name="peer_of_team"),
        ]

    def __str__(self) -> str:
        return self.number


class Look(models.Model):
    """Somebody saw a list."""

    user_id = models.IntegerField()
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=60)
    objects: ClassVar[models.Manager[Look]] = models.Manager()
