"""Other people's formats into ours, and back.

A conversion refuses only what the other format cannot say; whether the result is a good training file is a
matter of the rules. Everything is accounted for: converted, refused with its line and reason, or a key left
out and counted. Import from the modules; this package itself loads nothing.
"""
