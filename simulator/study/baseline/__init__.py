"""The committed baseline: what the shipped scenarios give, so that a later version is held against it figure by figure.

`making` makes one, `comparing` holds it against the stored one, `written` says how it lies in files. `ties` and `crowd`
are contacts by hand on whole minutes, because a simulated year has hardly two events in one millisecond.

What is exact. Contacts and ledger are whole numbers and looked-up words; both engines and every processor give them to
the last bit, and a table of quantiles that differs in its last bit moves a rounding to whole milliseconds once in some
10^10 draws. They are kept as SHA-256 over little-endian 64-bit columns, for the year and for each civil day, with the
attempts of the first days in full. Counts of contacts and persons are means of whole numbers and are exact as well.

What is rounded. Shares, minutes, kroner, percentiles and noise pass through floating point and a library's functions;
they are kept with 6 significant digits and may differ by one in the last of them. Nothing holds a path, a clock, the
machine's name or a commit. Versions of libraries are kept to explain a difference; alone they are none.
"""
