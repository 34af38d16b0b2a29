"""What `make bench-safety` runs; no part of what is installed."""
