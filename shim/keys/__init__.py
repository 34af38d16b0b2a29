"""Public keys as users hand them in: SSH lines and OpenPGP blocks, read for what can be told of them.

Nothing here verifies a signature: who shows a key, and whether its parts belong together, servers have checked.
"""
