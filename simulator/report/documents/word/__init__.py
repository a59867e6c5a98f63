"""A document for Word: real headings, tables whose heads repeat, captions, pictures told to those who do not see.

`base` is our own template, `fill` fills in a planner's, `table` builds tables, `writing` writes the parts. The only
room that knows python-docx. The same document is the same bytes: times inside the file are fixed.
"""

from simulator.report.documents.word.writing import word

__all__ = ["word"]
