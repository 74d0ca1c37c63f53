"""Pages about the pages: choices of colour, language and keys, and outside production the gallery."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern

from casemgmt.web import gallery, views
from casemgmt.web.routes import Needs, page

urlpatterns: list[URLPattern] = [
    page("voorkeur/kleuren/", views.theme, name="web:theme", needs=Needs.public(), methods=("POST",)),
    page("voorkeur/taal/", views.language, name="web:language", needs=Needs.public(), methods=("POST",)),
    # The portal's session travels under /mijn/ only: chosen elsewhere, a language would be that of the staff's pages.
    page("mijn/voorkeur/taal/", views.language, name="web:portal_language", needs=Needs.public(), methods=("POST",)),
    page("voorkeur/toetsen/", views.shortcuts, name="web:shortcuts", needs=Needs.public(), methods=("POST",)),
]

if getattr(settings, "CASEMGMT_ENV", "production") != "production":
    urlpatterns.append(page("componenten/", gallery.gallery, name="web:gallery", needs=Needs.public()))
