"""The course's files: located YAML, pydantic's words in plain English, and the library of both."""
