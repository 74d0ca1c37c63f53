"""Pages of keeping and letting go: they ask, act and show; nothing is decided here."""
