"""The client's own pages: views, forms and addresses; the rules and rows stand to its left."""
