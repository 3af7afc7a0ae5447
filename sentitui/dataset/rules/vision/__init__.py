"""V: are images where, how many, how large and of the kind that fine-tuning takes?"""
