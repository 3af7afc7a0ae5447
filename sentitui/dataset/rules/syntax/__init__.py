"""J: is the line JSON, and does every reader see the same value in it?"""
