"""Pages of the site over a real socket in a real browser."""
