"""Plans beside each other, contact by contact: who gains an answer and who loses one, how sure, and at what cost.

`pairs` follows each person through one year of two plans, `pairing` simulates the same years of every plan side by
side, `pair_table` sums them, `paired_precision` says when there are years enough, `consequences` and `per_reached` say
what may lie behind it and what it costs. `simulator.study.compare` is the question.
"""
