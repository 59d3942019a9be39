"""The door of assistants: the resources of the API as tools of the Model Context Protocol (MCP). It needs the extra ``mcp``."""
