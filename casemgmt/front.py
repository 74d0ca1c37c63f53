"""The public front door."""

urlpatterns = []
