"""The addresses of the comparison, Django's own admin among them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from guardian.admin import GuardedModelAdmin

from benchmarks.peer import views
from benchmarks.peer.models import Dossier


@admin.register(Dossier)
class DossierAdmin(GuardedModelAdmin):
    """guardian's admin, showing only what somebody may see."""

    list_display = ("number", "name", "clients", "opened_at")
    list_per_page = 25
    ordering = ("-opened_at", "-id")

    def get_queryset(self, request: HttpRequest) -> Any:
        """As the view."""
        return views.mine(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Everybody of staff."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list holds only what is theirs."""
        return True


urlpatterns = [
    path("dossiers/", views.dossiers),
    path("kaal/", views.bare),
    path("admin/", admin.site.urls),
]
