"""Destruction under fire: the whole application, killed while it works. Only in ./test --long."""
