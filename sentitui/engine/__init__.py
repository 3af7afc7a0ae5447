"""An OpenAI-compatible server on this machine that really fine-tunes: server, trainer, inference.

It is a program of its own: nothing else in sentitui imports it but the command that starts it, and it knows
neither the terminal app nor the openai client. The server process never imports torch before it answers.
"""
