"""Addresses of the portal, under /mijn/<organisation>/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
