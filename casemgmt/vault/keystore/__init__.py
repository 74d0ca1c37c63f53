"""The keys, in a database cluster of their own."""
