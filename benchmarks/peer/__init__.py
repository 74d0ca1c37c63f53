"""The same list as a team would build it in a week: Django, guardian and a filter on the organisation.

Only to compare with (a Django project of its own, in a database of its own): names are plain, there is one
database, no row security, and one row in the trail for each look.
"""
