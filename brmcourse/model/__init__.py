"""What the course is made of, typed and validated. Field names are those of the YAML files under `data/`.

Each noun is imported from its own module: a page with a quiz need not wait for conversations and
sheets.
"""
