"""R: can a grader judge the reinforcement example?"""
