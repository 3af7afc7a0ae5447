"""The terminal layer that every screen gets for nothing: few bytes, no controls, a first paint at once."""
