"""Layouts, components, charts, forms and error pages: how every page looks and answers.

What a page says and who may see it is decided by the packages to the right; nothing here reads a dossier.
"""
