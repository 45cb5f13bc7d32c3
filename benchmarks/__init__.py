"""Speed and scale, measured by hand: `make bench`. Results: RESULTS.md."""
