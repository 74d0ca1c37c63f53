"""Sealed fields and files, search tokens, and the keys they hang on."""
