"""Scripts that the Python of a checkout runs by path, so each one stands alone.

They are the only code of the comparison that imports the platform.
"""
