"""What the course is made of, typed and validated; fields are called as in the YAML files.

Each noun is imported from its own module: a page with a quiz need not wait for conversations and
sheets.
"""
