"""Pages, forms, drawings and texts: nothing here needs a database."""
