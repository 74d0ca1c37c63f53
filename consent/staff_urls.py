"""Addresses of consent."""

urlpatterns = []
