"""The pages: Jinja templates in French over the same queries as the API. They work without JavaScript."""
