"""What to do with what WeCom tells us: one module for each kind, found through `registry.py`."""
