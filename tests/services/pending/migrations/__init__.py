"""The migrations of dossiers and two more that nobody made yet: a column, and an index beside who works.

A test lets Django read this place instead of the real one (MIGRATION_MODULES).
"""

from dossiers import migrations

__path__ = [*migrations.__path__, *__path__]
