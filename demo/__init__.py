"""Four organisations, an invented cast, and a history made through the acts with a pretended clock.

Nobody here exists: names are invented, BSNs come from the test range, mail goes
to example.org. Production refuses to load it.
"""
