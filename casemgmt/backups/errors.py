"""How making or putting back a backup says no."""


class CannotBackUp(Exception):
    """It could not be carried out (exit code 2); the text is one sentence for the operator."""


class BackupWrong(Exception):
    """What was looked at is not what was written (exit code 1); the text says what."""
