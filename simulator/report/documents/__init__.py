"""Documents of results: one content for every kind of answer, written as a page, for Word, for Excel and as a PDF.

`answer` holds what a results folder held, `readers` and `read_page` turn it back into what the study found or what its
page said, `made_of` and its neighbours put the parts of a document together, `method` and `stress` say how the figures
were made, and `word`, `excel`, `pdf` and `simulator.report.page` write it. Nothing here simulates, and nothing is
written to disk.
"""

FORMATS = ("html", "docx", "xlsx", "pdf")
"""What a document can be written as."""
