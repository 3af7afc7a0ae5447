"""F: is the file as a whole a training file?"""
