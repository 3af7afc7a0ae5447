"""Q: do the examples of a file repeat, contradict or drown each other?"""
