"""The engine on an OpenSearch node."""
