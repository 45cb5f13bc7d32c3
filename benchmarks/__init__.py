"""Speed and scale, measured by hand: `make bench`. Results: RESULTS.md."""

import os

# What the tests' helpers ask as they are loaded: each benchmark has a PostgreSQL of its own.
os.environ.setdefault("DATABASE_URL", "")
