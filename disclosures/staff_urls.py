"""Addresses of disclosures."""

urlpatterns = []
