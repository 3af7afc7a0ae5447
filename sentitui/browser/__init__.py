"""The app in a web browser, for its own user on this machine.

Owns the page, who may open it, and the terminal behind it. The page and its terminal emulator are those of
textual-serve; the session behind them is ours: a real pseudo-terminal, so that the app in a browser is the
app in a terminal, byte for byte. Refuses to listen anywhere but on loopback.
"""
