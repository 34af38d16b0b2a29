"""What `make bench` and `make bench-safety` run; no part of what is installed."""
