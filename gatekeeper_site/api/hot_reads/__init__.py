"""Answers the reads that come most often, without models, serializers and filter sets.

What a resource is stays its view set's: which rows a caller sees, by what they are filtered and
ordered, how they are printed. From that, Django makes SQL once per shape of a query, which is kept;
a call then costs its statements, and printing the rows that are not kept. Whatever is unusual
(another method or format, a fault, nothing to show, a cursor) is left to the view set, which
answers alike to the byte. So is everything on SQLite.
"""
