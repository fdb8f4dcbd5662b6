"""Server-rendered pages: thin views, presenters without queries, templates."""
