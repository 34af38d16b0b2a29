"""What holds of the recordings of every service; what is known of one stands with its tests, in `test_parity.py`."""
