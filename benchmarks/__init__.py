"""Benchmarks: ratios measured side by side in one run, equality of results first.

    python -m benchmarks worklist --sizes 10000 100000 1000000

Their databases are durable clusters of their own (fsync on), beside the demo's
and the tests'. Absolute times depend on the machine; only the ratios are compared.
"""
