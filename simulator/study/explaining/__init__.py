"""Why two plans differ: `causes` makes the keys in which they differ into overrides, `shapley` shares it out.

`simulator.study.explain` is the question.
"""
